# /// script
# requires-python = ">=3.10"
# dependencies = ["guidellm==0.8.1", "torch==2.13.0"]
# [tool.uv.sources]
# torch = {index = "pytorch-cpu"}
# [[tool.uv.index]]
# name = "pytorch-cpu"
# url = "https://download.pytorch.org/whl/cpu"
# explicit = true
# ///
"guidellm, a benchmark: three requests one after the other, of which the report must know every text."
import json, subprocess, sys, tempfile
from pathlib import Path
from tries import KEY, MODEL, TOOL, URL, asked, call, report

def benchmark(question:str, stream:bool=False, tools:list=None, **body) -> list[dict]:
    "The requests of a run, as guidellm reports them. Tools belong to its data."
    row = dict(prompt=question) if tools is None else dict(prompt=question, tools=json.dumps(tools))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder/'data.json').write_text(json.dumps([row]*3))
        place = dict(target=URL.removesuffix('/v1'), model=MODEL, api_key=KEY)
        spec = dict(
            backend=dict(kind='openai_http', **place, stream=stream, extras=dict(body=body)),
            profile=dict(kind='synchronous'),
            constraints=[dict(kind='max_requests', count=3)],
            data=[dict(kind='json_file', path=str(folder/'data.json'))],
            outputs=[dict(kind='json', path=str(folder/'report.json'))],
        )
        path = folder/'scenario.json'
        path.write_text(json.dumps(dict(metadata=dict(name='three'), spec=spec)))
        command = [sys.executable, '-m', 'guidellm', 'run', '--disable-console', '--config', str(path)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert run.returncode == 0, (run.stdout + run.stderr)[-390:]
        requests = json.loads((folder/'report.json').read_text())['benchmarks'][0]['requests']
    assert len(requests['successful']) == 3 and not requests['errored'], str(requests)[:390]
    return requests['successful']

def same_text(requests:list[dict]) -> str:
    "The text that all requests were answered with."
    text, = {request['output'] for request in requests}
    return text

def chat():
    return same_text(benchmark(asked.question, temperature=0, max_tokens=asked.max_tokens))

def stream():
    "guidellm keeps the text and the number of its pieces."
    requests = benchmark(asked.question, True, temperature=0, max_tokens=asked.max_tokens)
    pieces = min(request['info']['timings']['token_iterations'] for request in requests)
    return [same_text(requests), *[''] * (pieces - 1)]

def tools():
    "guidellm asks with tool_choice required, sends a result of its own, and asks again."
    requests = benchmark(asked.tool_question, True, [TOOL], temperature=0, max_tokens=asked.max_json_tokens)
    calls = [c['function'] for request in requests for c in request['tool_calls'] or ()]
    return dict(calls=[call(c['name'], c['arguments']) for c in calls])

def schema():
    form = dict(type='json_schema', json_schema=dict(name='city', schema=asked.schema, strict=True))
    body = dict(response_format=form, temperature=0, max_tokens=asked.max_json_tokens)
    requests = benchmark(asked.schema_question, True, **body)
    return json.loads(same_text(requests))

report('guidellm', chat=chat, stream=stream, tools=tools, schema=schema)
