"""Restart two replicas one after the other under load, and count: python .ci/rolling.py [--out nbs/results/rolling.json].

Two processes of `medusa serve` stand behind a small balancer, which asks each for /health/ready and sends requests to those that
say yes. It tries nothing twice: what a replica refuses, the client sees. Clients ask all the time, every second one for a stream.
Then each replica in turn gets a SIGTERM; when its process has ended, another begins on its port. It fails where a request failed,
where a replica did not say that it drains, or where a process did not end with 0.

The same is done once more without `linger_seconds`. Then requests do fail, in the time in which the balancer does not know yet.
"""
import argparse, asyncio, collections, json, os, signal, subprocess, sys, tempfile, threading, time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
import httpx, uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from hostile import small_model
from medusa_nb.bench_serving import free_port

ROUNDS = 2              # restarts of each replica
CLIENTS = 6
PROBE_SECONDS = .25     # between two questions whether a replica is ready
LINGER_SECONDS = 2      # longer than the balancer takes to notice

@dataclass
class Replica:
    "A process of `medusa serve`, and what the balancer knows about it."
    model:Path
    port:int
    linger:float
    log:object
    process:subprocess.Popen = None
    ready:bool = False
    running:int = 0             # requests that the balancer has sent it and that have not ended
    states:list = field(default_factory=list)     # what its probe has said, each change

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self.port}'

    def start(self):
        "Begin to serve."
        command = [sys.executable, '-c', 'from medusa_nb.cli import main; main()', 'serve']
        flags = dict(model=self.model, heads='copies+recycled', dtype='float32', rows=4, context=512, tree='dynamic:4', port=self.port)
        flags = [part for name, value in flags.items() for part in (f'--{name}', str(value))]
        environment = os.environ | dict(MEDUSA_LINGER_SECONDS=str(self.linger))
        self.states = []
        self.process = subprocess.Popen([*command, *flags], stderr=self.log, env=environment)

    async def probe(self, client:httpx.AsyncClient):
        "Ask whether it is ready, again and again."
        while True:
            try:
                response = await client.get(self.url + '/health/ready', timeout=2)
                state, self.ready = response.json()['status'], response.status_code == 200
            except httpx.HTTPError:
                state, self.ready = 'no answer', False
            if state not in self.states[-1:]:
                self.states.append(state)
            await asyncio.sleep(PROBE_SECONDS)

class Balancer:
    "An app that passes requests on to the ready replica that has the fewest."
    def __init__(self, replicas:list[Replica]):
        self.replicas = replicas
        self.app = Starlette(routes=[Route('/{path:path}', self.pass_on, methods=['GET', 'POST'])], lifespan=self.lifespan)

    @asynccontextmanager
    async def lifespan(self, app):
        async with httpx.AsyncClient(timeout=120) as self.client:
            probes = [asyncio.create_task(replica.probe(self.client)) for replica in self.replicas]
            yield
            for probe in probes:
                probe.cancel()

    async def pass_on(self, request:Request) -> StreamingResponse:
        "The answer of a replica, piece by piece."
        ready = [replica for replica in self.replicas if replica.ready]
        if not ready:
            return StreamingResponse(iter([b'no replica is ready']), 502)
        replica = min(ready, key=lambda r: r.running)
        headers = {'content-type': request.headers.get('content-type', 'application/json')}
        asked = self.client.build_request(request.method, replica.url + request.url.path, headers=headers, content=await request.body())
        replica.running += 1
        try:
            response = await self.client.send(asked, stream=True)
        except httpx.HTTPError as e:
            replica.running -= 1
            return StreamingResponse(iter([repr(e).encode()]), 502)
        async def pieces():
            try:
                async for piece in response.aiter_raw():
                    yield piece
            finally:
                replica.running -= 1
                await response.aclose()
        kept = {name: response.headers[name] for name in ('content-type', 'retry-after') if name in response.headers}
        return StreamingResponse(pieces(), response.status_code, kept)

@asynccontextmanager
async def serving(app):
    "The balancer on a port of its own; its address."
    server = uvicorn.Server(uvicorn.Config(app, port=free_port(), log_level='error'))
    server.install_signal_handlers = lambda: None
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        await asyncio.sleep(.05)
    yield f'http://127.0.0.1:{server.config.port}'
    server.should_exit = True
    await asyncio.to_thread(thread.join)

async def ask_once(client:httpx.AsyncClient, i:int, tokens:int=40) -> str: # whole, or what was wrong
    "One question, every second one as a stream."
    body = dict(messages=[dict(role='user', content=f'Tell me about the number {i}.')], max_tokens=tokens, seed=i, stream=i % 2 == 1)
    try:
        response = await client.post('/v1/chat/completions', json=body)
        if response.status_code != 200:
            return f'{response.status_code}: {response.text[:100]}'
        if body['stream']:
            return 'whole' if response.text.rstrip().endswith('data: [DONE]') and '"error"' not in response.text else 'cut stream'
        return 'whole' if response.json()['choices'][0]['finish_reason'] in ('stop', 'length') else 'no end'
    except httpx.HTTPError as e:
        return type(e).__name__

async def steady_load(url:str, clients:int, counts:collections.Counter, done:asyncio.Event):
    "Clients that ask one question after the other."
    numbers = iter(range(10**9))
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        async def one():
            while not done.is_set():
                counts[await ask_once(client, next(numbers))] += 1
        await asyncio.gather(*(one() for _ in range(clients)))

async def until(condition, what:str, seconds:float=120.):
    "Wait for a condition."
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f'{what} did not happen within {seconds:g} s')
        await asyncio.sleep(.05)

async def restart(replica:Replica, sig:int=signal.SIGTERM) -> dict:
    "Have a replica end, and another one begin in its place; what was seen of that."
    running, start = replica.running, time.monotonic()
    replica.process.send_signal(sig)
    exit_code = await asyncio.to_thread(replica.process.wait, 60)
    seconds, states = time.monotonic() - start, replica.states
    replica.ready = False
    replica.start()
    await until(lambda: replica.ready, 'a replica that is ready')
    return dict(signal=signal.Signals(sig).name, running=running, exit_code=exit_code, seconds=round(seconds, 1), states=states)

async def rolling_restart(model:Path, linger:float, rounds:int, clients:int, log) -> dict:
    "The whole trial; counts of answers, and what was seen of each restart."
    replicas = [Replica(model, free_port(), linger, log) for _ in range(2)]
    counts, done, restarts = collections.Counter(), asyncio.Event(), []
    try:
        for replica in replicas:
            replica.start()
        async with serving(Balancer(replicas).app) as url:
            await until(lambda: all(replica.ready for replica in replicas), 'two replicas that are ready', 240)
            load = asyncio.create_task(steady_load(url, clients, counts, done))
            await asyncio.sleep(2)
            for _ in range(rounds):
                for replica in replicas:
                    restarts.append(await restart(replica))
                    await asyncio.sleep(1)
            done.set()
            await load
    finally:
        for replica in replicas:
            if replica.process and replica.process.poll() is None:
                replica.process.terminate()
                replica.process.wait(60)
    failed = {what: n for what, n in counts.items() if what != 'whole'}
    return dict(linger_seconds=linger, clients=clients, answered=counts['whole'], failed=failed, restarts=restarts)

def is_well(result:dict) -> bool:
    "Whether no request failed, and each replica said that it drained and ended with 0."
    drained = all('draining' in r['states'] and r['exit_code'] == 0 for r in result['restarts'])
    return drained and not result['failed'] and any(r['running'] for r in result['restarts'])

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--rounds', type=int, default=ROUNDS, help='restarts of each replica')
    parser.add_argument('--clients', type=int, default=CLIENTS)
    parser.add_argument('--linger', type=float, default=LINGER_SECONDS, help='linger_seconds of the replicas')
    parser.add_argument('--out', help='a JSON file for what was seen')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open(f'{folder}/log', 'w+') as log:
        small_model(Path(folder)/'model')
        trial = lambda linger, rounds: asyncio.run(rolling_restart(Path(folder)/'model', linger, rounds, options.clients, log))
        result = dict(probe_seconds=PROBE_SECONDS, lingering=trial(options.linger, options.rounds), at_once=trial(0., 1))
    text = json.dumps(result, indent=1)
    print(text)
    if options.out:
        Path(options.out).write_text(text + '\n')
    well = is_well(result['lingering'])
    print('no request failed' if well else 'NOT WELL')
    return not well

if __name__ == '__main__':
    sys.exit(main())
