"The version is written in settings.ini, in the package and in CITATION.cff, and the changelog has a section for it. They must agree."
import re, sys
from pathlib import Path

root = Path(__file__).resolve().parents[1]

def version_in(file:str, pattern:str) -> str:
    "The version that a file states."
    found = re.search(pattern, (root/file).read_text(encoding='utf-8'), re.M)
    return found[1] if found else 'none'

versions = {'settings.ini': version_in('settings.ini', r'^version\s*=\s*(\S+)'),
            'medusa_nb.__version__': version_in('medusa_nb/__init__.py', r'^__version__ = "(.+)"'),
            'CITATION.cff': version_in('CITATION.cff', r'^version: "?([^"\s]+)')}
if len(set(versions.values())) > 1 or 'none' in versions.values(): sys.exit(f'The versions differ: {versions}. nbdev_bump_version changes the first two; CITATION.cff is changed by hand.')
if f"\n## {versions['settings.ini']}" not in (root/'CHANGELOG.md').read_text(encoding='utf-8'): sys.exit(f"CHANGELOG.md has no section ## {versions['settings.ini']}.")
print(versions['settings.ini'])
