"""Ask a real server with eleven client libraries: python .ci/clients/run.py [--only openai,litellm] [--out FILE].

Starts `medusa serve` with the demo model, or takes a running server with --url. Each client is a script beside this
one. Python scripts name their packages at their head, and uv (`pip install uv`) runs each in an environment of its
own. For the others `npm ci` installs what package.json names. A client answers a question whole and as a stream,
calls a tool and answers from its result, and answers in JSON of a schema. What it hands over is checked here: texts
against the server's own over plain HTTP, arguments and JSON with jsonschema. Ends with an error where a client got
less than it should.
"""
import argparse, json, os, signal, subprocess, sys, tempfile
from pathlib import Path
import httpx, jsonschema

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from hostile import start_server

asked = json.loads((here/'asked.json').read_text())

CLIENTS = {          # script -> name in the table
    'openai.py': 'openai for Python',
    'openai_responses.py': 'openai for Python, Responses',
    'openai.mjs': 'openai for Node',
    'litellm.py': 'litellm',
    'langchain_openai.py': 'langchain-openai',
    'llama_index.py': 'llama-index',
    'llm.py': 'llm',
    'instructor.py': 'instructor',
    'pydantic_ai.py': 'pydantic-ai',
    'openai_agents.py': 'openai-agents',
    'vercel_ai.mjs': 'Vercel ai',
    'guidellm.py': 'guidellm',
}
SETTINGS = '--model demo --name demo --dtype float32 --tree dynamic:8 --rows 4 --context 2048'.split()

def own_answer(url:str, key:str, model:str) -> str:
    "The server's greedy answer to the question, by plain HTTP."
    messages, headers = [dict(role='user', content=asked['question'])], {'Authorization': f'Bearer {key}'}
    body = dict(model=model, messages=messages, max_tokens=asked['max_tokens'], temperature=0)
    response = httpx.post(f'{url}/chat/completions', json=body, headers=headers, timeout=120)
    response.raise_for_status()
    return response.json()['choices'][0]['message']['content']

def fits(answer, schema:dict) -> bool:
    "Whether an answer, or each of several, is of a schema."
    answers = answer if isinstance(answer, list) else [answer]
    return bool(answers) and all(jsonschema.Draft202012Validator(schema).is_valid(one) for one in answers)

def fault(what:str, answer, text:str) -> str:
    "What is wrong with what a client handed over; '' for nothing."
    if what == 'chat':
        return '' if answer == text else f'{answer!r} is not the answer {text!r}'
    if what == 'stream':
        well = len(answer) > 1 and ''.join(answer) == text
        return '' if well else f'{answer!r} is not the answer {text!r} in pieces'
    if what == 'tools':
        names = {call['name'] for call in answer['calls']}
        arguments = [call['arguments'] for call in answer['calls']]
        well = names == {asked['tool']['name']} and fits(arguments, asked['tool']['parameters'])
        return '' if well and answer.get('answer', 'none is asked for') else f'{answer!r} is no call and an answer'
    return '' if fits(answer, asked['schema']) else f'{answer!r} is not of the schema'

def try_client(script:str, url:str, key:str, model:str, text:str) -> dict:
    "The client's version, and for each try what is wrong with what its script hands over; '' for nothing."
    path = here/f'try_{script}'
    command = ['node', str(path)] if script.endswith('.mjs') else ['uv', 'run', '--quiet', '--script', str(path)]
    clean = {name: value for name, value in os.environ.items() if name not in ('PYTHONPATH', 'VIRTUAL_ENV')}
    env = dict(clean, CLIENT_URL=url, CLIENT_KEY=key, CLIENT_MODEL=model)
    run = subprocess.run(command, capture_output=True, text=True, env=env, timeout=600)
    lines = [line for line in run.stdout.splitlines() if line.startswith('{"version"')]
    if not lines:
        raise SystemExit(f'{path.name} did not run:\n{run.stderr[-2000:]}')
    found = json.loads(lines[-1])
    tries = {}
    for what, result in found['tries'].items():
        tries[what] = result['error'] if 'error' in result else fault(what, result['answer'], text)
    return dict(version=found['version'], tries=tries)

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--url', help='a server that runs already, with /v1')
    parser.add_argument('--key', default='none')
    parser.add_argument('--model', default='demo')
    parser.add_argument('--only', default='', help='scripts, with commas between them, in the place of all')
    parser.add_argument('--out', type=Path, help='a JSON file; results of other clients that are in it stay')
    options = parser.parse_args()
    scripts = [script for script in CLIENTS if not options.only or script.split('.')[0] in options.only.split(',')]
    results = json.loads(options.out.read_text()) if options.out and options.out.exists() else {}
    server, url = None, options.url
    with tempfile.TemporaryFile('w+') as log:
        try:
            if not url:
                server, url = start_server(SETTINGS, log)
                url += '/v1'
            text = own_answer(url, options.key, options.model)
            for script in scripts:
                found = results[CLIENTS[script]] = try_client(script, url, options.key, options.model, text)
                said = {what: why or 'ok' for what, why in found['tries'].items()}
                print(CLIENTS[script], found['version'], said, flush=True)
        finally:
            if server:
                server.send_signal(signal.SIGTERM)
                server.wait(90)
    if options.out:
        ordered = {name: results[name] for name in CLIENTS.values() if name in results}
        options.out.write_text(json.dumps(ordered, indent=1) + '\n')
    return any(why for found in results.values() for why in found['tries'].values())

if __name__ == '__main__':
    sys.exit(main())
