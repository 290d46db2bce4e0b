"""Requests made from the API's own description: python .ci/fuzz.py [--examples 100] [--seconds 900] [--seed 0].

schemathesis reads /openapi.json and makes requests that it allows, and some that it forbids. It fails where a status or a
content type comes that the description does not have, and where the server fails. Every operation gets the same number of
examples, so the run has an end; it fails where that takes longer than --seconds. Starts `medusa serve` with a small random
model, or takes a running server with --url. schemathesis lives in an environment of its own, .venv-fuzz, with the versions
of .ci/fuzz.txt.
"""
import argparse, subprocess, sys, tempfile, venv
from pathlib import Path
from hostile import end_server, start_small_server

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT/'.venv-fuzz'
CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance'
# `coverage` makes a request for each limit of each field: thousands with a schema like ours, whatever number is asked for
PHASES = 'examples,fuzzing'

def fuzzer() -> Path:
    "The program, installed where it is missing."
    program = FOLDER/'bin'/'schemathesis'
    if not program.exists():
        venv.create(FOLDER, with_pip=True)
        subprocess.run([FOLDER/'bin'/'pip', 'install', '--quiet', '-r', ROOT/'.ci'/'fuzz.txt'], check=True)
    return program

def fuzz_command(url:str, examples:int, seed:int) -> list:
    "How schemathesis is called."
    return [
        fuzzer(), 'run', f'{url}/openapi.json',
        '--checks', CHECKS,
        '--phases', PHASES,
        '--max-examples', str(examples),
        '--seed', str(seed),
        '--generation-database', 'none',
        '--request-timeout', '60',
        '--suppress-health-check', 'all',
        '--continue-on-failure',
        '--warnings', 'off',
        '--no-shrink',
    ]

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--examples', type=int, default=100, help='requests for each operation and way of making them')
    parser.add_argument('--seconds', type=int, default=900, help='the longest that it may take')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--url', help='a server that runs already')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open(f'{folder}/log', 'w+') as log:
        server, url = None, options.url
        if not url:
            server, url = start_small_server(folder, log)
        try:
            command = fuzz_command(url, options.examples, options.seed)
            failed = subprocess.run(command, timeout=options.seconds).returncode
        finally:
            if server:
                failed = end_server(server, log) or failed
    return bool(failed)

if __name__ == '__main__':
    sys.exit(main())
