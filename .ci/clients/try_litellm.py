# /// script
# requires-python = ">=3.10"
# dependencies = ["litellm==1.110.2"]
# ///
"litellm, as a server of vLLM's kind."
import json, os
os.environ['LITELLM_LOCAL_MODEL_COST_MAP'] = 'True'       # no request to elsewhere
import litellm
from tries import CHOICE, KEY, MODEL, TOOL, URL, asked, call, models, report

place = dict(model=f'hosted_vllm/{MODEL}', api_base=URL, api_key=KEY, temperature=0)
question = dict(place, messages=[dict(role='user', content=asked.question)], max_tokens=asked.max_tokens)

def chat():
    return litellm.completion(**question).choices[0].message.content

def stream():
    texts = (chunk.choices[0].delta.content for chunk in litellm.completion(**question, stream=True))
    return [text for text in texts if text]

def tools():
    common = dict(place, tools=[TOOL], max_tokens=asked.max_json_tokens)
    messages = [dict(role='user', content=asked.tool_question)]
    message = litellm.completion(**common, messages=messages, tool_choice=CHOICE).choices[0].message
    results = [dict(role='tool', tool_call_id=c.id, content=asked.tool_result) for c in message.tool_calls]
    answer = litellm.completion(**common, messages=[*messages, message.model_dump(), *results], tool_choice='none')
    calls = [call(c.function.name, c.function.arguments) for c in message.tool_calls]
    return dict(calls=calls, answer=answer.choices[0].message.content)

def schema():
    common = dict(place, max_tokens=asked.max_json_tokens, response_format=models()[1])
    answer = litellm.completion(**common, messages=[dict(role='user', content=asked.schema_question)])
    return json.loads(answer.choices[0].message.content)

report('litellm', chat=chat, stream=stream, tools=tools, schema=schema)
