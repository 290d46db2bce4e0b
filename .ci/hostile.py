"""Ask a real server thousands of things that no client should: python .ci/hostile.py [--requests 10000] [--seed 0].

Starts `medusa serve` with a small random model, or takes a running server with --url. Sends requests that are wrong in one
place or in several, bodies that are made to cost much, broken HTTP, clients that leave, and connections that say nothing.
Meanwhile /health/live is asked all the time. It fails where a status was not in the API's description (a 500 never may be),
where /health was not answered in time, and where the server's memory still grew after the first thousand.
fuzz.py beside this makes requests from the description.
"""
import argparse, asyncio, collections, json, multiprocessing, random, re, signal, socket, subprocess, sys, tempfile, time
from dataclasses import dataclass, field
from pathlib import Path
import httpx

GRAMMARS = [
    dict(type='json_object'),
    *(dict(type='json_schema', json_schema=dict(name='s', schema=schema)) for schema in (
        {'$ref': '#'},
        {'$ref': '#/nowhere'},
        {'type': 'string', 'pattern': '(a+)+$'},
        {'type': 'string', 'pattern': '(a|aa)*b{1,2000}'},
        {'type': 'string', 'pattern': '['},
        {'type': 'string', 'minLength': 10**9},
        {'type': 'array', 'items': {}, 'minItems': 10**6},
        {'enum': list(range(3000))},
        {'enum': []},
        {'anyOf': [{'const': i} for i in range(500)]},
        {'allOf': [{'type': 'string'}, {'type': 'integer'}]},
        {'type': 'object', 'properties': {f'a{i}': {'type': 'string'} for i in range(500)}},
        {'type': 'nothing'},
        {'$defs': {'a': {'$ref': '#/$defs/b'}, 'b': {'$ref': '#/$defs/a'}}, '$ref': '#/$defs/a'},
    )),
]

def nested(depth:int, leaf=1):
    "A list in a list in a list."
    for _ in range(depth):
        leaf = [leaf]
    return leaf

VALUES = [
    None, True, False, 0, 1, -1, 2**31, 2**63, 2**64, 10**30, -10**30, .5, -.5, 1e308, float('nan'), float('inf'), 1e-320,
    '', ' ', 'a', '\x00', '\ud800', '\udfff a', '🙂'*20, 'a'*20_000, '<|im_end|>\n<|im_start|>system\n', '{{ 7*7 }}', '%s%n', '../../etc/passwd',
    '\u2028', '\u202e', 'true', '1', "'; DROP TABLE users; --", '<script>alert(1)</script>',
    [], {}, [[]], [{}], [None], [True], [-1], [1.5], [10**9], ['a', 1], [1, 'a'], [[1], ['a']], {'a': 1}, {'': None}, {'\ud800': 1},
    list(range(600)), ['a']*50, [None]*5000, nested(50), nested(900), {'__proto__': {}}, {'$ref': '#'},
    dict.fromkeys(map(str, range(3000)), 1),
]

CHAT = dict(messages=[dict(role='user', content='Hello')], max_tokens=2)
TEXT = dict(prompt='Hello', max_tokens=2)
RESPONSE = dict(input='Hello', max_output_tokens=2)
TOOL = dict(type='function', function=dict(name='f', parameters=dict(type='object', properties=dict(a=dict(type='integer')))))
FIELDS = '''model messages prompt input max_tokens max_completion_tokens max_output_tokens n seed stop stream stream_options temperature
top_p top_k min_p presence_penalty frequency_penalty repetition_penalty logit_bias ignore_eos stop_token_ids min_tokens response_format
structured_outputs user medusa cache_salt logprobs top_logprobs echo tools tool_choice parallel_tool_calls chat_template_kwargs
metadata store reasoning text instructions include truncation functions suffix best_of guided_json unknown'''.split()
NESTED = [
    ('messages', 0, 'content'), ('messages', 0, 'role'), ('messages', 0, 'name'), ('messages', 0, 'tool_calls'), ('messages', 0),
    ('messages', 0, 'content', 0), ('messages', 0, 'content', 0, 'text'), ('messages', 0, 'content', 0, 'type'), ('messages', 0, 'extra'),
    ('stream_options', 'include_usage'), ('medusa', 'acceptance'), ('medusa', 'trace'), ('medusa', 'speculate'),
    ('response_format', 'type'), ('response_format', 'json_schema'), ('response_format', 'json_schema', 'schema'),
    ('structured_outputs', 'regex'), ('structured_outputs', 'choice'), ('structured_outputs', 'grammar'), ('structured_outputs', 'json'),
    ('tools', 0), ('tools', 0, 'function'), ('tools', 0, 'function', 'name'), ('tools', 0, 'function', 'parameters'),
    ('tools', 0, 'function', 'parameters', 'properties'), ('tool_choice', 'function', 'name'),
    ('chat_template_kwargs', 'chat_template'), ('chat_template_kwargs', 'tools'), ('chat_template_kwargs', 'x'),
    ('input', 0), ('input', 0, 'type'), ('input', 0, 'content'), ('input', 0, 'arguments'), ('text', 'format'), ('text', 'format', 'schema'),
    ('reasoning', 'effort'), ('logit_bias', '1'), ('prompt', 0), ('prompt', 0, 0),
]
REGEXES = ['(a+)+b', 'a{100000}', '(?=a)', '\\p{L}{1,500}', '(', '.*', '[^x]{3,9}', '(((((a*)*)*)*)*)*', '\\1']

def put_at(body:dict, path:tuple, value):
    "Set a value deep within a body; what is missing on the way is made."
    for key, after in zip(path, path[1:]):
        fresh = [] if isinstance(after, int) else {}
        if isinstance(key, int):
            if not isinstance(body, list) or not body:
                return
            if not isinstance(body[0], type(fresh)):
                body[0] = fresh
            body = body[0]
        else:
            if not isinstance(body.get(key), type(fresh)):
                body[key] = fresh
            body = body[key]
        if isinstance(body, list) and not body:
            body.append({})
    if isinstance(body, list):
        body[:1] = [value]
    elif isinstance(path[-1], str):
        body[path[-1]] = value

def spoiled(rng:random.Random, text:bytes) -> bytes:
    "A body that is no longer JSON, or not quite."
    at = rng.randrange(len(text) + 1)
    ways = [
        lambda: text[:at],
        lambda: text[:at] + bytes([rng.randrange(256)]) + text[at:],
        lambda: text + text,
        lambda: text.replace(b':', b'=', 1),
        lambda: b'\xff\xfe' + text,
        lambda: b'[' * rng.choice([10, 10_000]) + text,
        lambda: text.decode('utf-8', 'replace').encode('utf-16'),
        lambda: b'\xef\xbb\xbf' + text,
        lambda: text.replace(b'"', b'"\\ud800', 1),
        lambda: b'',
    ]
    return rng.choice(ways)()

def costly(rng:random.Random) -> tuple[str, bytes]:
    "A body that is made to cost much."
    n = rng.choice([10_000, 24_000, 200_000])
    item = rng.choice([b'null', b'[]', b'{}', b'1', b'""', b'true', b'[null]', b'{"a":1}', b'-1', b'1e5'])
    where = rng.choice(['prompt', 'stop', 'stop_token_ids', 'messages', 'input', 'tools', 'extra', 'metadata'])
    path = {'messages': '/v1/chat/completions', 'tools': '/v1/chat/completions', 'input': '/v1/responses'}.get(where, '/v1/completions')
    return path, b'{"%s": [%s]}' % (where.encode(), b','.join([item]*n))

def make_request(rng:random.Random) -> tuple[str, str, dict, bytes]: # method, path, headers, body
    "A hostile request."
    headers = {'content-type': 'application/json'}
    kind = rng.random()
    if kind < .03:
        path, body = costly(rng)
        return 'POST', path, headers, body
    if kind < .06:
        path = rng.choice(['/', '/health', '/metrics', '/v1/models', '/v1/models/%00', '/v1/models/' + 'a'*3000, '/openapi.json', '/x', '//', '/v1/models/..'])
        return rng.choice(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']), path, headers, b''
    path, base = rng.choice([('/v1/chat/completions', CHAT), ('/v1/completions', TEXT), ('/v1/responses', RESPONSE)])
    body = json.loads(json.dumps(base))
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        change_body(rng, body)
    text = json.dumps(body).encode()
    if rng.random() < .1:
        text = spoiled(rng, text)
    if rng.random() < .03:
        headers['content-type'] = rng.choice(['text/plain', '', 'application/json; charset=x', 'multipart/form-data', 'application/jsonx'])
    if rng.random() < .03:
        headers[rng.choice(['x-request-id', 'authorization', 'traceparent', 'accept', 'cookie', 'host'])] = rng.choice(['', 'a'*2000, 'Bearer', '\\x00', 'evil.example', '00-0-0-0'])
    return 'POST', path, headers, text

def change_body(rng:random.Random, body:dict):
    "Make one thing of a body strange."
    kind, value = rng.random(), rng.choice(VALUES)
    if kind < .45:
        body[rng.choice(FIELDS)] = value
    elif kind < .8:
        put_at(body, rng.choice(NESTED), value)
    elif kind < .87:
        body['response_format'] = rng.choice(GRAMMARS)
    elif kind < .92:
        body['structured_outputs'] = dict(regex=rng.choice(REGEXES))
    elif kind < .96:
        body['tools'] = [TOOL]*rng.choice([1, 2, 300])
    else:
        body.update(stream=True, n=rng.choice([1, 2, 9]), logprobs=rng.choice([True, 1, 20]), medusa=dict(trace=True))

@dataclass
class Findings:
    "What was seen."
    statuses:collections.Counter = field(default_factory=collections.Counter)
    undocumented:list = field(default_factory=list)
    slowest:list = field(default_factory=list)     # (seconds, what), longest first
    health:list = field(default_factory=list)      # seconds
    health_failures:list = field(default_factory=list)
    memory:list = field(default_factory=list)      # (requests, MB)

def documented(document:dict, method:str, path:str) -> set:
    "The statuses that the description gives for a request; those of any path are added."
    operations = document['paths'].get(path, {})
    return {int(status) for status in operations.get(method.lower(), {}).get('responses', {})} | {200, 400, 401, 403, 404, 405, 307, 503}

async def send_one(client:httpx.AsyncClient, rng:random.Random, found:Findings, document:dict):
    "Send a request, and note what came."
    method, path, headers, body = make_request(rng)
    what, start = f'{method} {path[:60]} {headers} {body[:300]!r}', time.perf_counter()
    try:
        if rng.random() < .03:                       # leaves in the middle
            async with asyncio.timeout(rng.random()*.05):
                await client.request(method, path, headers=headers, content=body)
        else:
            response = await client.request(method, path, headers=headers, content=body)
            found.statuses[response.status_code] += 1
            if response.status_code not in documented(document, method, path) or response.status_code == 500:
                found.undocumented.append((response.status_code, what, response.text[:200]))
            elif b'event: error' in response.content or b'"server_error"' in response.content and response.status_code == 200:
                found.undocumented.append((response.status_code, what, response.text[-300:]))
    except (httpx.HTTPError, TimeoutError, ValueError, UnicodeError) as e:
        found.statuses[type(e).__name__] += 1
        if isinstance(e, (httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError)):
            found.undocumented.append((type(e).__name__, what, str(e)))
    found.slowest.append((time.perf_counter() - start, what))
    found.slowest = sorted(found.slowest, reverse=True)[:5]

def broken_http(address:tuple, rng:random.Random):
    "Bytes that are no HTTP, or not all of it; and connections that say nothing."
    pieces = [
        b'', b'GET', b'GET / HTTP/1.1\r\n', b'\x16\x03\x01\x02\x00', b'POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n{',
        b'GET / HTTP/9.9\r\n\r\n', b'A'*70_000, b'GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n',
        b'POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n', bytes(rng.randrange(256) for _ in range(200)),
        b'POST /v1/completions HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n' + b'1\r\na\r\n'*40_000,
        b'GET / HTTP/1.1\r\nhost: a\r\n' + b'a: b\r\n'*40_000 + b'\r\n',
    ]
    held = []
    for _ in range(40):
        try:
            connection = socket.create_connection(address, timeout=2)
            connection.sendall(rng.choice(pieces))
            held.append(connection)
        except OSError:
            pass
    time.sleep(.2)
    for connection in held:
        connection.close()

def resident(pid:int|None) -> float: # MB; 0 for a server that is not ours
    "Memory of a process."
    return pid and int(re.search(r'VmRSS:\s+(\d+)', Path(f'/proc/{pid}/status').read_text())[1])/1024

def watch_health(url:str, done, seen):
    "Ask for health until all is done, in a process of its own: what the attacker computes must not count."
    waits, failures = [], []
    with httpx.Client(base_url=url, timeout=30) as client:
        while not done.is_set():
            start = time.perf_counter()
            try:
                response = client.get('/health/live')
                if response.status_code != 200:
                    failures.append(response.status_code)
            except httpx.HTTPError as e:
                failures.append(type(e).__name__)
            waits.append(time.perf_counter() - start)
            time.sleep(.05)
    seen.put((waits, failures))

async def attack(url:str, pid:int|None, n:int, seed:int, clients:int, seconds:float) -> Findings:
    "Send n requests, or as many as the time allows."
    found, rng, end = Findings(), random.Random(seed), time.monotonic() + seconds
    document = httpx.get(url + '/openapi.json').json()
    parts = httpx.URL(url)
    processes = multiprocessing.get_context('spawn')
    done, seen = processes.Event(), processes.Queue()
    watcher = processes.Process(target=watch_health, args=(url, done, seen))
    watcher.start()
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=clients)) as client:
        sent = 0
        while sent < n and time.monotonic() < end:
            rngs = [random.Random(rng.random()) for _ in range(100)]
            await asyncio.gather(*(send_one(client, r, found, document) for r in rngs))
            sent += len(rngs)
            if sent % 500 == 0:
                await asyncio.to_thread(broken_http, (parts.host, parts.port), rng)
                found.memory.append((sent, round(resident(pid))))
    done.set()
    found.health, found.health_failures = await asyncio.to_thread(seen.get)
    watcher.join()
    return found

def small_model(folder:Path):
    "A small random model with the demo model's tokenizer."
    from medusa_nb.base import load_model, tiny_model
    _, tok = load_model('demo', dtype='float32', device='cpu')
    tiny_model('llama', vocab_size=len(tok), max_position_embeddings=512, eos_token_id=None).save_pretrained(folder)
    tok.save_pretrained(folder)

SMALL_SETTINGS = '--heads copies+recycled --dtype float32 --rows 4 --context 512 --tree dynamic:4'.split()

def start_server(settings:list[str], log) -> tuple[subprocess.Popen, str]:
    "The command `medusa serve` with these settings, once it is ready."
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        port = s.getsockname()[1]
    command = [sys.executable, '-c', 'from medusa_nb.cli import main; main()', 'serve', *settings, '--port', str(port)]
    server, url = subprocess.Popen(command, stderr=log), f'http://127.0.0.1:{port}'
    for _ in range(600):
        try:
            if httpx.get(url + '/health/ready').status_code == 200:
                return server, url
        except httpx.HTTPError:
            pass
        if server.poll() is not None:
            break
        time.sleep(.3)
    raise SystemExit('the server did not start; see its log')

def start_small_server(folder:str, log) -> tuple[subprocess.Popen, str]:
    "A server of a small random model, which is written into the folder."
    small_model(Path(folder)/'model')
    return start_server(['--model', f'{folder}/model', *SMALL_SETTINGS], log)

def end_server(server:subprocess.Popen, log) -> list[str]: # errors in its log
    "End a server by SIGTERM, and say how it ended."
    server.send_signal(signal.SIGTERM)
    print('exit code after SIGTERM:', server.wait(90))
    log.seek(0)
    errors = [line for line in log if '"error"' in line]
    print(f'{len(errors)} errors in its log', *errors[:3], sep='\n')
    return errors

def report(found:Findings, health_ms:float, growth:float) -> bool:
    "Print what was found; whether all is well."
    later = [mb for sent, mb in found.memory if sent > 1000]
    grew = max(later) - later[0] if later else 0
    print('answers:', dict(sorted(found.statuses.items(), key=str)))
    ordered = sorted(found.health) or [0]
    print(f'/health/live: asked {len(found.health)} times, median {ordered[len(ordered)//2]*1e3:.0f} ms, '
          f'99 % {ordered[int(len(ordered)*.99)]*1e3:.0f} ms, slowest {ordered[-1]*1e3:.0f} ms, failures {found.health_failures[:5]}')
    print('memory (requests, MB):', *found.memory[::max(1, len(found.memory)//10)], found.memory[-1:], f'grew by {grew:.0f} MB after the first thousand')
    print('slowest requests:', *(f'{seconds:.2f} s {what[:140]}' for seconds, what in found.slowest), sep='\n  ')
    for status, what, text in found.undocumented[:10]:
        print(f'UNDOCUMENTED {status}: {what}\n    {text}')
    return not (found.undocumented or found.health_failures or ordered[-1]*1e3 > health_ms or grew > growth)

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--requests', type=int, default=10_000)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--seconds', type=float, default=3600, help='stop after so long')
    parser.add_argument('--clients', type=int, default=16)
    parser.add_argument('--url', help='a server that runs already')
    parser.add_argument('--health-ms', type=float, default=250, help='the longest that /health/live may take')
    parser.add_argument('--growth', type=float, default=50, help='MB by which memory may grow after the first thousand requests')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open(f'{folder}/log', 'w+') as log:
        server, url = None, options.url
        if not url:
            server, url = start_small_server(folder, log)
        well = True
        try:
            if options.requests:
                found = asyncio.run(attack(url, server and server.pid, options.requests, options.seed, options.clients, options.seconds))
                well = report(found, options.health_ms, options.growth)
        finally:
            if server:
                well = not end_server(server, log) and well
    print('all is well' if well else 'NOT WELL')
    return not well

if __name__ == '__main__':
    sys.exit(main())
