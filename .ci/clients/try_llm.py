# /// script
# requires-python = ">=3.10"
# dependencies = ["llm==0.36"]
# ///
"llm, with the model as its extra-openai-models.yaml would name it."
import json
import llm
from llm.default_plugins.openai_models import Chat
from tries import KEY, MODEL, URL, asked, call, models, report

class RequiredCall(Chat):
    "llm sends no tool_choice, and a small model would rather talk. So the first request asks for a call."
    def build_kwargs(self, prompt, stream):
        choice = dict(tool_choice='required') if prompt.tools and not prompt.tool_results else {}
        return super().build_kwargs(prompt, stream) | choice

model = RequiredCall(MODEL, model_name=MODEL, api_base=URL, supports_tools=True, supports_schema=True, can_stream=True)
model.key = KEY

def chat():
    return model.prompt(asked.question, stream=False, temperature=0, max_tokens=asked.max_tokens).text()

def stream():
    pieces = model.prompt(asked.question, stream=True, temperature=0, max_tokens=asked.max_tokens)
    return [piece for piece in pieces if piece]

def tools():
    "The whole loop: a call, the function, its result, and an answer."
    calls = []
    def weather(**arguments):
        calls.append(call('weather', arguments))
        return asked.tool_result
    tool = llm.Tool(name='weather', description=asked.tool['description'], input_schema=asked.tool['parameters'],
                    implementation=weather)
    options = dict(temperature=0, max_tokens=asked.max_json_tokens)
    chain = model.chain(asked.tool_question, tools=[tool], stream=False, options=options)
    return dict(calls=calls, answer=list(chain.responses())[-1].text())

def schema():
    options = dict(stream=False, temperature=0, max_tokens=asked.max_json_tokens)
    return json.loads(model.prompt(asked.schema_question, schema=models()[1], **options).text())

report('llm', chat=chat, stream=stream, tools=tools, schema=schema)
