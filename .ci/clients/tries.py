"""What every client is asked, and how it tells what came. The `try_*.py` beside it import it; run.py runs them."""
import asyncio, importlib.metadata, inspect, json, os
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

URL, KEY, MODEL = (os.environ[f'CLIENT_{name}'] for name in ('URL', 'KEY', 'MODEL'))
asked = SimpleNamespace(**json.loads(Path(__file__).with_name('asked.json').read_text()))
TOOL = dict(type='function', function=asked.tool)
CHOICE = dict(type='function', function=dict(name=asked.tool['name']))

def models():
    "The tool's arguments and the schema as pydantic models, for clients that take them so."
    from pydantic import BaseModel, ConfigDict, Field
    class Weather(BaseModel):
        "The weather of a city."
        model_config = ConfigDict(extra='forbid')
        city:Literal['Oslo', 'Lima', 'Rome']
        days:int = Field(ge=1, le=7)
    class City(BaseModel):
        "A city."
        model_config = ConfigDict(extra='forbid')
        name:str = Field(max_length=12)
        people:int = Field(ge=1, le=999)
        coast:bool
    return Weather, City

def call(name:str, arguments) -> dict:
    "A call of a tool, as run.py reads it."
    return dict(name=name, arguments=json.loads(arguments) if isinstance(arguments, str) else arguments)

def report(package:str, **tries):
    "Make each try, and print what came of all of them as one line of JSON."
    results = {}
    for name, attempt in tries.items():
        try:
            answer = attempt()
            results[name] = dict(answer=asyncio.run(answer) if inspect.isawaitable(answer) else answer)
        except Exception as e:
            results[name] = dict(error=f'{type(e).__name__}: {e}'[:400])
    print('\n' + json.dumps(dict(version=importlib.metadata.version(package), tries=results)), flush=True)
