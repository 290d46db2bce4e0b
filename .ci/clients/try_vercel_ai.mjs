// Vercel's ai, with its provider for servers of OpenAI's kind.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { Output, generateText, isStepCount, jsonSchema, streamText, tool } from 'ai'
import { KEY, MODEL, URL, asked, report } from './tries.mjs'

const provider = createOpenAICompatible({ name: 'medusa', baseURL: URL, apiKey: KEY, supportsStructuredOutputs: true })
const place = { model: provider(MODEL), temperature: 0, maxRetries: 0 }
const question = { ...place, prompt: asked.question, maxOutputTokens: asked.max_tokens }

async function chat() {
  return (await generateText(question)).text
}

async function stream() {
  const pieces = []
  for await (const piece of streamText(question).textStream) pieces.push(piece)
  return pieces
}

// The whole loop: a call, the function, its result, and an answer.
async function tools() {
  const calls = []
  const execute = input => {
    calls.push({ name: asked.tool.name, arguments: input })
    return asked.tool_result
  }
  const { description, parameters, name } = asked.tool
  const weather = tool({ description, inputSchema: jsonSchema(parameters), execute })
  const result = await generateText({
    ...place,
    prompt: asked.tool_question,
    tools: { [name]: weather },
    maxOutputTokens: asked.max_json_tokens,
    stopWhen: isStepCount(2),
    prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber ? 'none' : 'required' }),
  })
  return { calls, answer: result.text }
}

async function schema() {
  const output = Output.object({ schema: jsonSchema(asked.schema) })
  const question = { ...place, prompt: asked.schema_question, maxOutputTokens: asked.max_json_tokens }
  return (await generateText({ ...question, output })).output
}

await report('ai', { chat, stream, tools, schema })
