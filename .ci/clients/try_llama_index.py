# /// script
# requires-python = ">=3.10"
# dependencies = ["llama-index-llms-openai-like==0.8.1", "llama-index-core==0.14.25"]
# ///
"llama-index, as a server of OpenAI's kind."
import json
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike
from tries import KEY, MODEL, URL, asked, call, models, report

def model(max_tokens:int) -> OpenAILike:
    return OpenAILike(
        model=MODEL,
        api_base=URL,
        api_key=KEY,
        is_chat_model=True,
        is_function_calling_model=True,
        should_use_structured_outputs=True,
        context_window=2048,
        temperature=0,
        max_tokens=max_tokens,
        max_retries=0,
    )

def messages(text:str) -> list[ChatMessage]:
    return [ChatMessage(role='user', content=text)]

def chat():
    return model(asked.max_tokens).chat(messages(asked.question)).message.content

def stream():
    return [chunk.delta for chunk in model(asked.max_tokens).stream_chat(messages(asked.question)) if chunk.delta]

def tools():
    tool = FunctionTool.from_defaults(lambda **kw: asked.tool_result, name=asked.tool['name'],
                                      description=asked.tool['description'], fn_schema=models()[0])
    asks, history = model(asked.max_json_tokens), messages(asked.tool_question)
    response = asks.chat_with_tools([tool], chat_history=history, tool_required=True)
    calls = asks.get_tool_calls_from_response(response)
    results = [ChatMessage(role='tool', content=asked.tool_result, additional_kwargs=dict(tool_call_id=c.tool_id))
               for c in calls]
    answer = asks.chat([*history, response.message, *results])
    return dict(calls=[call(c.tool_name, c.tool_kwargs) for c in calls], answer=answer.message.content)

def schema():
    asks = model(asked.max_json_tokens).as_structured_llm(models()[1])
    return json.loads(asks.chat(messages(asked.schema_question)).raw.model_dump_json())

report('llama-index-llms-openai-like', chat=chat, stream=stream, tools=tools, schema=schema)
