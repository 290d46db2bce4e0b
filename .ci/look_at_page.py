"""Try the page in a real Chromium and take pictures of it: python .ci/look_at_page.py [FOLDER]. Needs playwright.

A server of a few lines plays the model, so that answers are the same each time and no weights are needed. It sends the page
with the headers of the real one. Errors of the page, refusals by its content policy, text that is cut off at the sides and
promises that are not kept (reload, Enter, edit, tools) end the program with an error.
"""
import contextlib, json, re, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from playwright.sync_api import sync_playwright
from medusa_nb.page import page_headers, read_page

MARKDOWN = '''A rainbow forms in **three steps**, each of them in a drop of water:

1. Light is *refracted* where it enters.
2. It is reflected at the back.
3. It leaves, and the colours part: red at 42 degrees, blue at 40.

```python
def angle(n, impact):
    "The angle at which light leaves a drop, in degrees. A long line that a narrow screen has to scroll to the right."
    return 4*asin(impact/n) - 2*asin(impact)
```

| colour | angle | `index` |
|---|---|---|
| red | 42.4 | 1.331 |
| blue | 40.7 | 1.343 |

> The sun stands behind you. <script>window.pwned = 1</script><img src=x onerror="window.pwned = 1">

More is told [here](https://example.org), not [here](javascript:alert(1)).
'''
SIZES = dict(wide=(1280, 800), narrow=(390, 844))

def pieces(text:str, sizes:tuple) -> list[str]:
    "A text in tokens as a model would bring them: so many a step, in turn."
    tokens, steps, i = re.findall(r'\s*\w+|\s*[^\w\s]|\s+', text), [], 0
    while tokens:
        n = sizes[i % len(sizes)]
        steps.append((tokens[:n], tokens[n:]))
        tokens, i = tokens[n:], i + 1
    return [taken for taken, _ in steps]

class Model(BaseHTTPRequestHandler):
    "The server: the page, and answers by the words of a question."
    delay = .004
    pause_at = None                # the step at which answers wait
    go_on = threading.Event()
    requests = []

    def log_message(self, *args):
        "Say nothing."

    def reply(self, body:bytes, kind:str, **headers):
        "Send a whole response."
        self.send_response(200)
        for name, value in {'Content-Type': kind, 'Content-Length': str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        "The page and what it asks about."
        page = read_page()
        if self.path == '/':
            return self.reply(page.encode(), 'text/html; charset=utf-8', **page_headers(page))
        models = dict(data=[dict(id='SmolLM2-135M-Instruct', max_model_len=2048)])
        self.reply(json.dumps(models if 'models' in self.path else {}).encode(), 'application/json')

    def do_POST(self):
        "A streamed answer."
        request = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        self.requests.append(request)
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.end_headers()
        try:
            self.stream(request)
        except OSError:
            pass

    def event(self, **chunk):
        "One event."
        self.wfile.write(f'data: {json.dumps(chunk)}\n\n'.encode())
        self.wfile.flush()

    def stream(self, request:dict):
        "The events of an answer."
        speculate = request['medusa']['speculate']
        steps = pieces(self.answer_to(request), (1, 3, 2, 4, 1, 3) if speculate else (1,))
        for i, step in enumerate(steps):
            trace = dict(step=i, tokens=len(step), nodes=16 if speculate and i else 1)
            self.event(choices=[dict(delta=self.delta(request, ''.join(step), not i))], medusa=trace)
            time.sleep(self.delay)
            if i == self.pause_at:
                self.go_on.wait(60)
        reason = 'tool_calls' if self.calls(request) else 'stop'
        self.event(choices=[dict(delta={}, finish_reason=reason)])
        tokens = sum(map(len, steps))
        usage = dict(prompt_tokens=20, completion_tokens=tokens, total_tokens=20 + tokens)
        summary = dict(steps=len(steps), tokens=tokens, tokens_per_step=round(tokens/len(steps), 3))
        self.event(choices=[], usage=usage, medusa=summary)
        self.wfile.write(b'data: [DONE]\n\n')

    def calls(self, request:dict) -> bool:
        "Whether the answer is a call of a tool."
        return 'tools' in request and request['messages'][-1]['role'] != 'tool'

    def delta(self, request:dict, text:str, first:bool) -> dict:
        "What a step adds to the message."
        if not self.calls(request):
            return dict(content=text)
        head = dict(id='call_1', type='function') if first else {}
        function = dict(name='weather', arguments=text) if first else dict(arguments=text)
        return dict(tool_calls=[dict(index=0, **head, function=function)])

    def answer_to(self, request:dict) -> str:
        "The text of an answer."
        if self.calls(request):
            return '{"city":"Oslo","days":[1,2]}'
        if 'response_format' in request:
            return '{"name":"Ada Lovelace","year":1815,"works":[{"title":"Notes","pages":66}]}'
        question = request['messages'][-1]['content']
        return MARKDOWN if 'rainbow' in question else f'You said: {question}.'

class Look:
    "One browser page and what is checked of it."
    def __init__(self, context, url:str, name:str, folder:Path):
        self.page, self.name, self.folder = context.new_page(), name, folder
        self.errors = []
        self.page.on('pageerror', lambda e: self.errors.append(f'{name}: {e}'))
        self.page.on('console', lambda m: m.type in ('error', 'warning') and self.errors.append(f'{name}: {m.text}'))
        self.page.goto(url)
        self.until("document.getElementById('model').textContent.includes('SmolLM2')")

    def until(self, expression:str, seconds:float=60):
        "Wait for something in the page to become true. (Playwright's own way evaluates text in it, which the policy forbids.)"
        end = time.time() + seconds
        while not self.page.evaluate(expression):
            if time.time() > end:
                raise TimeoutError(f'{self.name}: {expression}')
            time.sleep(.02)

    def check(self, condition, what:str):
        "Note a promise that is not kept."
        if not condition:
            self.errors.append(f'{self.name}: {what}')

    def picture(self, moment:str):
        "A picture, and no text that is cut off at the sides."
        width = 'document.documentElement.scrollWidth <= innerWidth && document.getElementById("chat").scrollWidth <= innerWidth'
        self.check(self.page.evaluate(width), f'{moment}: wider than the window')
        self.page.screenshot(path=self.folder/f'{self.name}_{moment}.png')

    def ask(self, question:str, wait:bool=True):
        "Ask, and wait for the end of the answer unless told otherwise."
        self.page.fill('#message', question)
        self.page.press('#message', 'Enter')
        if wait:
            self.finished()

    def finished(self):
        "Wait until no answer is being written."
        self.until("document.getElementById('send').textContent === 'Send'")

    @contextlib.contextmanager
    def paused(self, steps:int):
        "Answers wait at a step until this is left."
        Model.go_on.clear()
        Model.pause_at = steps
        try:
            yield
        finally:
            Model.pause_at = None
            Model.go_on.set()

    def ask_until(self, question:str, steps:int):
        "Ask, and wait until the newest answer has so many steps."
        self.ask(question, wait=False)
        self.until(f"new Set([...document.querySelectorAll('.turn:last-child [data-step]')].map(e => e.dataset.step)).size >= {steps}")

    def mode(self, name:str):
        "Choose how to answer."
        self.page.check(f'[name=mode][value={name}]', force=True)

def visit(look:Look):
    "Everything that the page promises, in one conversation."
    page = look.page
    look.picture('start')
    with look.paused(60):
        look.ask_until('How does a rainbow form?', 50)
        page.fill('#message', 'Next question')
        page.press('#message', 'Enter')
        look.check('being written' in page.inner_text('#hint'), 'Enter while an answer runs says nothing')
        look.check(page.input_value('#message') == 'Next question', 'what was written is gone')
        look.picture('running')
    look.finished()
    look.check(not page.is_visible('#hint'), 'the hint stays')
    for tag in ('ol > li', 'strong', 'pre code', 'table', 'blockquote', 'a[href="https://example.org"]'):
        look.check(page.locator(f'.text {tag}').count(), f'no {tag}')
    look.check(not page.evaluate('window.pwned') and not page.locator('.text :is(script, img)').count(), 'HTML came alive')
    look.check(page.locator('.text a').count() == 1, 'a javascript: link')
    before = page.inner_text('.text')
    look.picture('finished')
    page.reload()
    page.wait_for_selector('.text table')
    look.check(page.inner_text('.text') == before, 'a reload loses the conversation')
    look.check(page.locator('.step').count() > 30, 'a reload loses the shades')
    page.uncheck('#markdown-on')
    look.check('**three steps**' in page.inner_text('.text'), 'the source is not shown')
    page.check('#markdown-on')
    look.check(page.inner_text('.text') == before, 'Markdown does not come back')

def visit_forms(look:Look):
    "Side by side, settings, JSON, tools, edit."
    page = look.page
    look.mode('both')
    with look.paused(40):
        look.ask_until('How does a rainbow form?', 30)
        look.check('Waits until Plain' in page.inner_text('.two .answer:last-child'), 'nothing says why Medusa waits')
        look.picture('side_by_side_running')
    look.finished()
    look.check('texts are the same' in page.inner_text('.verdict'), 'no verdict')
    look.picture('side_by_side')
    look.mode('medusa')
    page.click('#toggle')
    page.select_option('#form', 'json_schema')
    page.select_option('#together', 'yes')
    page.fill('#max_tokens', '77')
    look.picture('settings')
    page.click('#toggle')
    look.ask('Who?')
    look.check('\n  "year": 1815' in page.locator('.text').last.inner_text(), 'JSON is not set on lines')
    look.picture('json')
    page.reload()
    page.wait_for_selector('.text')
    look.check(page.input_value('#max_tokens') == '77', 'a reload loses the settings')
    look.check(page.input_value('#form') == 'json_schema', 'a reload loses the form')
    page.select_option('#form', 'text', force=True)
    page.select_option('#tool_choice', 'required', force=True)
    look.ask('Weather?')
    look.check('Calls weather' in page.inner_text('.call'), 'a call is not shown')
    page.fill('.results textarea', 'Rain, 7 degrees')
    look.picture('tool')
    page.click('.results button')
    look.until("document.body.innerText.includes('You said: Rain, 7 degrees.')")
    roles = [m['role'] for m in Model.requests[-1]['messages'][-3:]]
    look.check(roles == ['user', 'assistant', 'tool'], f'the tool was answered as {roles}')
    page.select_option('#tool_choice', '', force=True)

def visit_edit(look:Look):
    "Edit the first question, both at once, and stop."
    page = look.page
    page.locator('text=Edit').first.click(force=True)
    look.check(page.input_value('#message') == 'How does a rainbow form?', 'Edit does not bring the question back')
    look.mode('both')
    look.ask('Say less about the rainbow.')
    look.check(page.locator('.turn').count() == 1, 'what came after an edited question is still there')
    look.check(len(Model.requests[-1]['messages']) == 1, 'the model is still told what came after')
    look.check('at once' in page.inner_text('.verdict'), 'nothing says that both ran at once')
    look.picture('at_once')
    look.mode('medusa')
    with look.paused(8):
        look.ask_until('Explain a rainbow again.', 5)
        page.keyboard.press('Escape')
        look.finished()
    look.check('Stopped.' in page.locator('.turn').last.inner_text(), 'Escape does not stop')
    with look.paused(8):
        look.ask_until('And a rainbow?', 5)
        page.reload()
        page.wait_for_selector('.retry')
    look.check('page was left' in page.locator('.turn').last.inner_text(), 'nothing says that a reload broke an answer off')
    page.click('#new')
    page.reload()
    look.until("document.getElementById('model').textContent.includes('SmolLM2')")
    look.check(page.is_visible('#intro'), 'a new chat brings the old one back')

def main(folder:str='page_pictures', *only:str): # only: names of windows, e.g. narrow_dark
    "Look at the page at both sizes, light and dark."
    folder, errors = Path(folder), []
    folder.mkdir(exist_ok=True)
    server = ThreadingHTTPServer(('127.0.0.1', 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f'http://127.0.0.1:{server.server_port}/'
    installed = next((p for p in ('/usr/bin/chromium', '/usr/bin/google-chrome') if Path(p).exists()), None)
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=installed, args=['--no-sandbox'])
        for size, (width, height) in SIZES.items():
            for scheme in ('light', 'dark'):
                if only and f'{size}_{scheme}' not in only:
                    continue
                window = dict(width=width, height=height)
                context = browser.new_context(viewport=window, color_scheme=scheme, has_touch=size == 'narrow')
                look = Look(context, url, f'{size}_{scheme}', folder)
                for part in (visit, visit_forms, visit_edit):
                    part(look)
                errors += look.errors
                context.close()
        browser.close()
    print(*errors or ['The page keeps its promises.'], sep='\n')
    sys.exit(bool(errors))

if __name__ == '__main__':
    main(*sys.argv[1:])
