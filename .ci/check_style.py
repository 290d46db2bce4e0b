"""Measure the chapters and the generated modules: python .ci/check_style.py. Ends with an error where a limit is passed.

The limits are shares, because a table of test rows may read better a little wider. What counts is that no line holds two ideas.
"""
import ast, io, re, statistics, sys, tokenize
import json
from dataclasses import dataclass
from pathlib import Path

root = Path(__file__).resolve().parents[1]

WIDE, TOO_WIDE = 120, 160      # columns; a diff of two versions side by side shows about 120
MAX_WIDE_SHARE = .01           # of the code lines: room for a table that reads well
MAX_CHAIN_SHARE = .005         # of the code lines with two statements: room for two tiny ones that are one thought
MAX_CELL_LINES = 50            # of an exported cell, but for a class alone in its cell
MEDIAN_CELL = 5, 15            # lines of an exported cell, over all chapters

@dataclass
class Line:
    "A line of code and where it stands."
    where:str
    text:str

def cell_source(cell:dict) -> str:
    "The text of a cell."
    return ''.join(cell['source'])

def code_lines(source:str) -> list[str]:
    "Lines that are neither empty nor comments nor directives."
    return [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith('#')]

def chained_lines(source:str) -> list[str]:
    "Lines with two statements, by the tokenizer: a semicolon within a string is none."
    lines = source.splitlines()
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, IndentationError):
        return []
    found = {t.start[0] for t in tokens if t.type == tokenize.OP and t.string == ';'}
    return [lines[number - 1] for number in sorted(found)]

def holds_one_class(source:str) -> bool:
    "Whether a cell is a class and nothing else: an `nn.Module` stays whole."
    body = ast.parse('\n'.join('' if line.startswith('#|') else line for line in source.splitlines())).body
    return len(body) == 1 and isinstance(body[0], ast.ClassDef)

def only_imports(source:str) -> bool:
    "Whether a cell does nothing but import."
    body = ast.parse('\n'.join('' if line.startswith('#|') else line for line in source.splitlines())).body
    return all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in body)

def read_sources() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    "(place, source) of all code, and of the exported cells alone."
    code, exported = [], []
    for path in sorted((root/'nbs').glob('*.ipynb')):
        for number, cell in enumerate(json.loads(path.read_text(encoding='utf-8'))['cells']):
            if cell['cell_type'] != 'code':
                continue
            place, source = f'{path.name} cell {number}', cell_source(cell)
            code.append((place, source))
            if re.search(r'^#\|\s*exports?\b', source, re.M):
                exported.append((place, source))
    for path in sorted((root/'medusa_nb').glob('[a-z]*.py')):
        code.append((path.name, path.read_text(encoding='utf-8')))
    return code, exported

def problems() -> list[str]:
    "Every limit that is passed, with the worst places."
    code, exported = read_sources()
    lines = [Line(place, line) for place, source in code for line in code_lines(source)]
    wide = sorted((line for line in lines if len(line.text) > WIDE), key=lambda line: -len(line.text))
    chains = [Line(place, line) for place, source in code for line in chained_lines(source)]
    cells = [(place, source, len(code_lines(source))) for place, source in exported if not only_imports(source)]
    median = statistics.median(size for _, _, size in cells)
    print(f'{len(lines)} lines of code: {len(wide)/len(lines):.2%} over {WIDE} columns, {len(chains)/len(lines):.2%} with two statements; '
          f'{len(cells)} exported cells, median {median} lines')
    found = []
    if len(wide) > MAX_WIDE_SHARE*len(lines):
        found.append(f'{len(wide)} lines are over {WIDE} columns, more than {MAX_WIDE_SHARE:.1%} of all.')
    found += [f'{line.where}: a line of {len(line.text)} columns: {line.text.strip()[:60]}...' for line in wide if len(line.text) > TOO_WIDE]
    if len(chains) > MAX_CHAIN_SHARE*len(lines):
        found.append(f'{len(chains)} lines hold two statements, more than {MAX_CHAIN_SHARE:.1%} of all: '
                     + ', '.join(f'{line.where} ({line.text.strip()[:40]}...)' for line in chains[:5]))
    found += [f'{place}: an exported cell of {size} lines' for place, source, size in cells
              if size > MAX_CELL_LINES and not holds_one_class(source)]
    if not MEDIAN_CELL[0] <= median <= MEDIAN_CELL[1]:
        found.append(f'The median exported cell has {median} lines, outside of {MEDIAN_CELL[0]} to {MEDIAN_CELL[1]}.')
    return found

if __name__ == '__main__':
    found = problems()
    print(*found, sep='\n')
    sys.exit(bool(found))
