"""Look through the saved outputs of all chapters: python .ci/check_outputs.py. Ends with an error where one holds noise.

Noise is what says more about one run than about the code: dates of log lines, addresses of objects, paths of the machine, progress
bars. An output also counts as noise where it was made in the tests' short mode, which the chapters that have one print.
"""
import json, re, sys
from pathlib import Path

root = Path(__file__).resolve().parents[1]

NOISE = {
    'a date of a log line': r'\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d',
    'an address': r'\b0x[0-9a-f]{8,}\b',
    'a path of the machine': r'(?<![\w.])/(?:tmp|home|root|work|Users|var/folders)/[\w.-]+',
    'a progress bar': r'\d%\|[ #█▏▎▍▌▋▊▉]*\||\bit/s\b',
    'a cell that only this run knows': r'<ipython-input-|/ipykernel_\d+',
    'a warning': r'\b(?:User|Future|Deprecation|Runtime)Warning\b',
    'the short mode of tests': r'\(short run: IN_TEST\)',
}
SHORT_MODE_MARK = '(short run: IN_TEST)'     # what a chapter prints beside a measurement that was cut short

def output_texts(cell:dict) -> list[str]:
    "The texts among a cell's saved outputs; pictures are left out."
    texts = []
    for output in cell.get('outputs', []):
        texts.append(''.join(output.get('text', '')))
        for kind, data in output.get('data', {}).items():
            if kind in ('text/plain', 'text/markdown'):
                texts.append(''.join(data))
    return texts

def noise_of(text:str) -> list[str]:
    "Every kind of noise in a text, with the place it was found at."
    found = []
    for what, pattern in NOISE.items():
        match = re.search(pattern, text)
        if match:
            around = text[max(0, match.start() - 30):match.end() + 30]
            found.append(f'{what}: ...{" ".join(around.split())}...')
    return found

def problems(folder:Path) -> list[str]:
    "One sentence for each noisy output below a folder."
    found = []
    for path in sorted(folder.glob('*.ipynb')):
        for number, cell in enumerate(json.loads(path.read_text(encoding='utf-8'))['cells']):
            for text in output_texts(cell):
                found += [f'{path.name} cell {number} holds {noise}' for noise in noise_of(text)]
            if any(output.get('output_type') == 'error' for output in cell.get('outputs', [])):
                found.append(f'{path.name} cell {number} holds an error')
    return found

def check_this_file():
    "Each kind of noise is found, and a clean output passes."
    samples = {
        '[2026-11-27 12:44:35,320] [WARNING]': 'a date of a log line',
        '<torch._C.Generator object at 0x7f3c2c0a1b70>': 'an address',
        '# Heads for /tmp/tmpl5mj3ajc/model': 'a path of the machine',
        ' 45%|████      | 9/20': 'a progress bar',
        '<ipython-input-1-ba2246ecd900>:3': 'a cell that only this run knows',
        'UserWarning: old': 'a warning',
        f'n = 1 and 16 {SHORT_MODE_MARK}': 'the short mode of tests',
    }
    for text, what in samples.items():
        assert [found.partition(':')[0] for found in noise_of(text)] == [what], (text, noise_of(text))
    assert noise_of('(AMD EPYC, 2 threads; 2026-11-27; 128 new tokens; 45%; nbs/results/a.json)') == []

if __name__ == '__main__':
    check_this_file()
    found = problems(root/'nbs')
    print(*found, sep='\n')
    print(f'{len(found)} noisy outputs')
    sys.exit(bool(found))
