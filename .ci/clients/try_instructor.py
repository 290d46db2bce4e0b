# /// script
# requires-python = ">=3.10"
# dependencies = ["instructor==1.17.0"]
# ///
"instructor, over openai for Python."
import json
import instructor
from openai import OpenAI
from tries import KEY, MODEL, URL, asked, call, models, report

openai = OpenAI(base_url=URL, api_key=KEY, max_retries=0)
Weather, City = models()

def create(mode, question:str, kind, max_tokens:int, method:str='create', **kw):
    client = instructor.from_openai(openai, mode=mode)
    return getattr(client, method)(
        model=MODEL,
        messages=[dict(role='user', content=question)],
        response_model=kind,
        max_tokens=max_tokens,
        max_retries=0,
        temperature=0,
        **kw,
    )

def chat():
    return create(instructor.Mode.TOOLS, asked.question, None, asked.max_tokens).choices[0].message.content

def stream():
    chunks = create(instructor.Mode.TOOLS, asked.question, None, asked.max_tokens, stream=True)
    return [text for chunk in chunks if chunk.choices and (text := chunk.choices[0].delta.content)]

def tools():
    answer = create(instructor.Mode.TOOLS, asked.tool_question, Weather, asked.max_json_tokens)
    return dict(calls=[call('weather', answer.model_dump_json())])

def schema():
    "By both of the library's modes that send a schema, and as a stream of parts, of which the last one is whole."
    modes = instructor.Mode.JSON_SCHEMA, instructor.Mode.TOOLS
    question = asked.schema_question, City, asked.max_json_tokens
    answers = [create(mode, *question) for mode in modes]
    *_, last = create(modes[0], *question, 'create_partial')
    return [json.loads(answer.model_dump_json()) for answer in (*answers, last)]

report('instructor', chat=chat, stream=stream, tools=tools, schema=schema)
