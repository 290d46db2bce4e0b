"The checks of check_site.py, tried on a small site: a whole one passes, and each thing that is broken is found, and nothing else."
import json, tempfile, unittest
from pathlib import Path
from check_site import lost_words, new_problems, page_name, problems

url = 'https://example.org/lib'
start = f'<a href="a.html">A</a> <a href="{url}/b.html#part">B</a> <a href="https://elsewhere.org/x.html#y">out</a> <a href="#top" id="top">up</a>'
whole = {'index.html': start, 'a.html': '<img src="i/p.svg" alt="a tree"> <a href="./">home</a> <a href="b.html?x=1#part">B</a>', 'b.html': '<h2 id="part">Part</h2>', 'i/p.svg': '<svg/>'}

def found(**changes):
    "What is wrong with the small site after some pages were replaced (None: removed)."
    files = whole | {k.replace('_', '.'): v for k, v in changes.items()}
    with tempfile.TemporaryDirectory() as d:
        for name, text in files.items():
            if text is not None: (p := Path(d)/name).parent.mkdir(exist_ok=True); p.write_text(text)
        return list(problems(Path(d), ['index.ipynb', '00_a.ipynb', '01a_b.ipynb'], url))

class CheckSite(unittest.TestCase):
    def one(self, says, **changes):
        got = found(**changes)
        self.assertEqual(len(got), 1, got); self.assertIn(says, got[0])
    def test_whole_site(self): self.assertEqual(found(), [])
    def test_page_names(self): self.assertEqual([page_name(n) for n in ('00_base.ipynb', '08a_onnx_quant.ipynb', 'index.ipynb')], ['base.html', 'onnx_quant.html', 'index.html'])
    def test_broken_link(self): self.one('gone.html leads to no file', b_html=whole['b.html'] + '<a href="gone.html">x</a>')
    def test_broken_anchor(self): self.one('#prat leads to no place on b.html', a_html=whole['a.html'] + '<a href="b.html#prat">x</a>')
    def test_broken_anchor_on_the_page(self): self.one('#nowhere leads to no place', b_html=whole['b.html'] + '<a href="#nowhere">x</a>')
    def test_broken_published_link(self): self.one(f'{url}/c.html leads to no file', b_html=whole['b.html'] + f'<a href="{url}/c.html">x</a>')
    def test_missing_picture(self): self.one('i/q.svg leads to no file', b_html=whole['b.html'] + '<img src="i/q.svg" alt="q">')
    def test_picture_without_words(self): self.one('no alternative text', b_html=whole['b.html'] + '<img src="i/p.svg">')
    def test_traceback(self): self.one('b.html holds a traceback', b_html=whole['b.html'] + '<pre>Traceback (most recent call last):</pre>')
    def test_lost_words(self):
        def lost(text):
            with tempfile.TemporaryDirectory() as d:
                (p := Path(d)/'00_a.ipynb').write_text(json.dumps(dict(cells=[dict(cell_type='code', source=['#| default_exp a']), dict(cell_type='markdown', source=[text])])))
                return list(lost_words(p))
        self.assertEqual(lost('# A\n\n> about it'), [])
        self.assertIn('loses what stands', lost('# A\n\n> about it\n\nAn introduction.')[0])
        self.assertIn('no title', lost('An introduction.')[0])
    def test_known_problems(self):
        self.assertEqual(new_problems(['a.html: x leads to no file', 'b.html: x leads to no file'], ['a.html: x ']), ['b.html: x leads to no file'])
        self.assertEqual(new_problems(['a.html: x'], []), ['a.html: x'])
    def test_chapter_not_linked(self): self.one('does not lead to b.html', index_html='<a href="a.html">A</a>')
    def test_missing_chapter(self):
        got = found(b_html=None)
        self.assertIn('b.html is missing', got); self.assertEqual(len(got), 3, got)       # and the two links to it

if __name__ == '__main__': unittest.main()
