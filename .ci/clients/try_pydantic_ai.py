# /// script
# requires-python = ">=3.10"
# dependencies = ["pydantic-ai-slim[openai]==2.68.0"]
# ///
"pydantic-ai, as a server of OpenAI's kind."
import json
from pydantic_ai import Agent, NativeOutput, ToolOutput
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from tries import KEY, MODEL, URL, asked, call, models, report

model = OpenAIChatModel(MODEL, provider=OpenAIProvider(base_url=URL, api_key=KEY))
Weather, City = models()

def agent(max_tokens:int, **kw) -> Agent:
    return Agent(model, model_settings=dict(temperature=0, max_tokens=max_tokens), retries=0, **kw)

def chat():
    return agent(asked.max_tokens).run_sync(asked.question).output

async def stream():
    async with agent(asked.max_tokens).run_stream(asked.question) as result:
        return [piece async for piece in result.stream_text(delta=True, debounce_by=None)]

def tools():
    "The answer is a call: the agent asks for it with tool_choice required."
    caller = agent(asked.max_json_tokens, output_type=ToolOutput(Weather, name='weather'))
    output = caller.run_sync(asked.tool_question).output
    return dict(calls=[call('weather', output.model_dump_json())])

def schema():
    output = agent(asked.max_json_tokens, output_type=NativeOutput(City)).run_sync(asked.schema_question).output
    return json.loads(output.model_dump_json())

report('pydantic-ai-slim', chat=chat, stream=stream, tools=tools, schema=schema)
