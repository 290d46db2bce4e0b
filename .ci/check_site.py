"""Check a built site: python .ci/check_site.py [FOLDER], `_docs` without.

Every chapter has a page and stands in the sidebar; no link, anchor or picture leads nowhere; every picture says in words what it shows;
no page holds a traceback; no introduction is lost on the way to its page. Links to other sites are not followed. Works on Quarto's output and on the stand-in's.
"""
import json, re, sys
from configparser import ConfigParser
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

root = Path(__file__).resolve().parents[1]

class Page(HTMLParser):
    "What a page offers (ids) and what it refers to (links, pictures)."
    def __init__(self, path:Path):
        super().__init__()
        self.ids, self.links, self.pictures = set(), [], []
        self.text = path.read_text(encoding='utf-8'); self.feed(self.text)
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.ids |= {a[k] for k in ('id', 'name') if a.get(k) and (k == 'id' or tag == 'a')}
        self.links += [a[k] for k in ('href', 'src') if a.get(k)]
        if tag == 'img': self.pictures.append((a.get('src', ''), (a.get('alt') or '').strip()))
    handle_startendtag = handle_starttag

def page_name(notebook:str) -> str:
    "The page of a chapter: its name without the number."
    return re.sub(r'^\d+[a-z]?_', '', Path(notebook).stem) + '.html'

def inside(link:str, url:str) -> tuple|None: # (path relative to the page, or with a leading / to the site; fragment)
    "What a link refers to on this site; None for other sites, mail, data and scripts."
    if link.startswith(url): link = link[len(url.rstrip('/')):] or '/'
    parts = urlsplit(link)
    if parts.scheme or parts.netloc: return None
    return unquote(parts.path), unquote(parts.fragment)

def bad_links(site:Path, pages:dict, url:str):
    "Links of all pages that lead nowhere."
    for path, page in pages.items():
        for link in page.links:
            if (to := inside(link, url)) is None: continue
            where, anchor = to
            target = path if not where else site/where.lstrip('/') if where.startswith('/') else path.parent/where
            if target.is_dir(): target = target/'index.html'
            target = target.resolve()
            if not target.is_file(): yield f'{path.name}: {link} leads to no file'
            elif anchor and target in pages and anchor not in pages[target].ids: yield f'{path.name}: {link} leads to no place on {target.name}'

def problems(
    site:Path,       # the built site
    notebooks:list,  # file names of the chapters
    url:str,         # where the site is published: links to it are links within
):
    "Everything that is wrong, one sentence each."
    site = site.resolve()
    pages = {p.resolve(): Page(p) for p in sorted(site.rglob('*.html'))}
    for name in map(page_name, notebooks):
        if site/name not in pages: yield f'{name} is missing'
    if start := pages.get(site/'index.html'):
        linked = {Path(to[0]).name for link in start.links if (to := inside(link, url))}
        yield from (f'index.html does not lead to {n}' for n in map(page_name, notebooks) if n != 'index.html' and n not in linked)
    yield from bad_links(site, pages, url)
    for path, page in pages.items():
        if 'Traceback (most recent call last)' in page.text: yield f'{path.name} holds a traceback'
        yield from (f'{path.name}: the picture {src[:60]} has no alternative text' for src, alt in page.pictures if not alt)

def lost_words(notebook:Path):
    "nbdev makes title and description of the first Markdown cell, and drops whatever else stands in it."
    cells = json.loads(notebook.read_text(encoding='utf-8'))['cells']
    first = next((''.join(c['source']) for c in cells if c['cell_type'] == 'markdown'), '')
    lines = [line for line in first.splitlines() if line.strip()]
    if not lines or not lines[0].startswith('# '): yield f'{notebook.name}: the first Markdown cell is no title'
    elif more := [line for line in lines[1:] if not line.startswith('> ')]: yield f'{notebook.name}: the page loses what stands in the cell of the title: {more[0][:60]}'

def new_problems(found:list, known:list) -> list: # those that begin with none of the known lines
    "What is wrong and not yet written down as known."
    return [f for f in found if not any(f.startswith(k) for k in known)]

def main(site='_docs'):
    cfg = ConfigParser(delimiters=['=']); cfg.read(root/'settings.ini', encoding='utf-8'); cfg = cfg['DEFAULT']
    notebooks = sorted(p.name for p in (root/cfg['nbs_path']).glob('*.ipynb') if p.name[0] not in '_.')
    found = list(problems(Path(site), notebooks, cfg['doc_host'] + cfg['doc_baseurl']))
    found += [p for n in notebooks for p in lost_words(root/cfg['nbs_path']/n)]
    lines = (root/'.ci'/'known_problems').read_text(encoding='utf-8').splitlines()
    new = new_problems(found, [line for line in lines if line and line[0] != '#'])
    for f in new: print(f)
    print(f'{len(notebooks)} chapters, {len(new)} problems' + (f', {len(found) - len(new)} known ones' if len(found) > len(new) else ''))
    return bool(new)

if __name__ == '__main__': sys.exit(main(*sys.argv[1:]))
