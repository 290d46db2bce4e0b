# /// script
# requires-python = ">=3.10"
# dependencies = ["openai==3.57.0"]
# ///
"openai for Python, /v1/chat/completions."
import json
from openai import OpenAI
from tries import CHOICE, KEY, MODEL, TOOL, URL, asked, call, models, report

client = OpenAI(base_url=URL, api_key=KEY, max_retries=0)
place = dict(model=MODEL, temperature=0)
question = dict(place, messages=[dict(role='user', content=asked.question)], max_tokens=asked.max_tokens)
tool_question = [dict(role='user', content=asked.tool_question)]
common = dict(place, tools=[TOOL], max_tokens=asked.max_json_tokens)

def chat():
    return client.chat.completions.create(**question).choices[0].message.content

def stream():
    chunks = client.chat.completions.create(**question, stream=True, stream_options=dict(include_usage=True))
    return [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]

def tools():
    "A call, streamed and put together by the library; its result is sent back."
    with client.chat.completions.stream(**common, messages=tool_question, tool_choice=CHOICE) as events:
        message = events.get_final_completion().choices[0].message
    calls = [call(c.function.name, c.function.arguments) for c in message.tool_calls]
    results = [dict(role='tool', tool_call_id=c.id, content=asked.tool_result) for c in message.tool_calls]
    said = dict(role='assistant', content=None, tool_calls=[c.to_dict() for c in message.tool_calls])
    messages = [*tool_question, said, *results]
    answer = client.chat.completions.create(**common, messages=messages, tool_choice='none')
    return dict(calls=calls, answer=answer.choices[0].message.content)

def schema():
    answer = client.chat.completions.parse(
        model=MODEL,
        messages=[dict(role='user', content=asked.schema_question)],
        response_format=models()[1],
        max_tokens=asked.max_json_tokens,
        temperature=0,
    )
    return json.loads(answer.choices[0].message.parsed.model_dump_json())

report('openai', chat=chat, stream=stream, tools=tools, schema=schema)
