# /// script
# requires-python = ">=3.10"
# dependencies = ["openai==3.57.0"]
# ///
"openai for Python, /v1/responses."
import json
from openai import OpenAI
from tries import KEY, MODEL, URL, asked, call, models, report

client = OpenAI(base_url=URL, api_key=KEY, max_retries=0)
question = dict(model=MODEL, input=asked.question, max_output_tokens=asked.max_tokens, temperature=0, store=False)
common = dict(
    model=MODEL,
    tools=[dict(asked.tool, type='function', strict=True)],
    max_output_tokens=asked.max_json_tokens,
    temperature=0,
    store=False,
)

def chat():
    return client.responses.create(**question).output_text

def stream():
    events = client.responses.create(**question, stream=True)
    return [event.delta for event in events if event.type == 'response.output_text.delta']

def tools():
    "A call, streamed and put together by the library; its result is sent back."
    named = dict(type='function', name=asked.tool['name'])
    asked_first = [dict(role='user', content=asked.tool_question)]
    with client.responses.stream(**common, input=asked_first, tool_choice=named) as events:
        output = events.get_final_response().output
    calls = [item for item in output if item.type == 'function_call']
    results = [dict(type='function_call_output', call_id=c.call_id, output=asked.tool_result) for c in calls]
    said = [dict(type='function_call', call_id=c.call_id, name=c.name, arguments=c.arguments) for c in calls]
    answer = client.responses.create(**common, input=[*asked_first, *said, *results], tool_choice='none')
    return dict(calls=[call(c.name, c.arguments) for c in calls], answer=answer.output_text)

def schema():
    answer = client.responses.parse(
        model=MODEL,
        input=asked.schema_question,
        text_format=models()[1],
        max_output_tokens=asked.max_json_tokens,
        temperature=0,
        store=False,
    )
    return json.loads(answer.output_parsed.model_dump_json())

report('openai', chat=chat, stream=stream, tools=tools, schema=schema)
