# /// script
# requires-python = ">=3.10"
# dependencies = ["langchain-openai==1.7.4"]
# ///
"langchain-openai."
import json
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI
from tries import KEY, MODEL, TOOL, URL, asked, call, models, report

def model(max_tokens:int) -> ChatOpenAI:
    return ChatOpenAI(model=MODEL, base_url=URL, api_key=KEY, temperature=0, max_tokens=max_tokens, max_retries=0)

def chat():
    return model(asked.max_tokens).invoke(asked.question).content

def stream():
    return [chunk.content for chunk in model(asked.max_tokens).stream(asked.question) if chunk.content]

def tools():
    bound, messages = model(asked.max_json_tokens), [HumanMessage(asked.tool_question)]
    message = bound.bind_tools([TOOL], tool_choice='required').invoke(messages)
    results = [ToolMessage(asked.tool_result, tool_call_id=c['id']) for c in message.tool_calls]
    answer = bound.bind_tools([TOOL], tool_choice='none').invoke([*messages, message, *results])
    return dict(calls=[call(c['name'], c['args']) for c in message.tool_calls], answer=answer.content)

def schema():
    "By each of the library's three methods."
    answers = []
    for method in ('json_schema', 'function_calling', 'json_mode'):
        kind = models()[1] if method != 'json_mode' else None
        asks = model(asked.max_json_tokens).with_structured_output(kind, method=method)
        answers.append(asks.invoke(asked.schema_question))
    assert isinstance(answers.pop(), dict)          # any JSON object
    first, second = (json.loads(answer.model_dump_json()) for answer in answers)
    return [first, second]

report('langchain-openai', chat=chat, stream=stream, tools=tools, schema=schema)
