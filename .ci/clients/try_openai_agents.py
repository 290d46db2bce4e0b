# /// script
# requires-python = ">=3.10"
# dependencies = ["openai-agents==0.24.0"]
# ///
"openai-agents, with the Responses API, which it uses by default."
import json
from agents import Agent, ModelSettings, OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled
from openai import AsyncOpenAI
from tries import KEY, MODEL, URL, asked, call, models, report

set_tracing_disabled(True)
calls = []

def agent(max_tokens:int, **settings) -> Agent:
    options = {key: settings.pop(key) for key in ('tool_choice',) if key in settings}
    model = OpenAIResponsesModel(MODEL, openai_client=AsyncOpenAI(base_url=URL, api_key=KEY, max_retries=0))
    model_settings = ModelSettings(temperature=0, max_tokens=max_tokens, **options)
    return Agent(name='a', model=model, model_settings=model_settings, **settings)

async def chat():
    return (await Runner.run(agent(asked.max_tokens), asked.question)).final_output

async def stream():
    events = Runner.run_streamed(agent(asked.max_tokens), asked.question).stream_events()
    raw = [event.data async for event in events if event.type == 'raw_response_event']
    return [data.delta for data in raw if data.type == 'response.output_text.delta']

async def tools():
    "The whole loop: a call, the function, its result, and an answer."
    @function_tool
    def weather(city:models()[0].model_fields['city'].annotation, days:int) -> str:
        "The weather of a city."
        calls.append(call('weather', dict(city=city, days=days)))
        return asked.tool_result
    caller = agent(asked.max_json_tokens, tools=[weather], tool_choice='weather')
    result = await Runner.run(caller, asked.tool_question, max_turns=4)
    return dict(calls=calls, answer=result.final_output)

async def schema():
    result = await Runner.run(agent(asked.max_json_tokens, output_type=models()[1]), asked.schema_question)
    return json.loads(result.final_output.model_dump_json())

report('openai-agents', chat=chat, stream=stream, tools=tools, schema=schema)
