// openai for Node, /v1/chat/completions.
import OpenAI from 'openai'
import { KEY, MODEL, URL, asked, report } from './tries.mjs'

const client = new OpenAI({ baseURL: URL, apiKey: KEY, maxRetries: 0 })
const user = content => [{ role: 'user', content }]
const place = { model: MODEL, temperature: 0 }
const question = { ...place, messages: user(asked.question), max_tokens: asked.max_tokens }
const tool = { type: 'function', function: asked.tool }

async function chat() {
  return (await client.chat.completions.create(question)).choices[0].message.content
}

async function stream() {
  const pieces = []
  for await (const chunk of await client.chat.completions.create({ ...question, stream: true })) {
    if (chunk.choices[0]?.delta?.content) pieces.push(chunk.choices[0].delta.content)
  }
  return pieces
}

// A call, streamed and put together by the library; its result is sent back.
async function tools() {
  const common = { ...place, tools: [tool], max_tokens: asked.max_json_tokens }
  const messages = user(asked.tool_question)
  const stream = client.chat.completions.stream({ ...common, messages, tool_choice: 'required' })
  const { message } = (await stream.finalChatCompletion()).choices[0]
  const calls = message.tool_calls.map(c => ({ name: c.function.name, arguments: JSON.parse(c.function.arguments) }))
  const results = message.tool_calls.map(c => ({ role: 'tool', tool_call_id: c.id, content: asked.tool_result }))
  messages.push(message, ...results)
  const answer = await client.chat.completions.create({ ...common, messages, tool_choice: 'none' })
  return { calls, answer: answer.choices[0].message.content }
}

async function schema() {
  const response_format = { type: 'json_schema', json_schema: { name: 'city', strict: true, schema: asked.schema } }
  const answer = await client.chat.completions.parse({
    ...place,
    messages: user(asked.schema_question),
    response_format,
    max_tokens: asked.max_json_tokens,
  })
  return JSON.parse(answer.choices[0].message.content)
}

await report('openai', { chat, stream, tools, schema })
