"Packaging: every value comes from settings.ini; change it there, not here."
from configparser import ConfigParser
from pathlib import Path
import shlex, setuptools

cfg = ConfigParser(delimiters=['='])
cfg.read(Path(__file__).with_name('settings.ini'), encoding='utf-8')
cfg = cfg['DEFAULT']
def reqs(key): return shlex.split(cfg.get(key, ''))

extras = {name: reqs(f'{name.replace("-", "_")}_requirements') for name in ('train', 'onnx', 'onnx-gpu', 'grammar', 'serve', 'otel', 'ray', 'bench')}
extras['dev'] = reqs('dev_requirements') + sum((v for k, v in extras.items() if k not in ('onnx-gpu', 'ray')), [])  # the two onnxruntimes share a folder; ray is large

setuptools.setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'], license='Apache-2.0',
    classifiers=['Programming Language :: Python :: 3', 'Intended Audience :: ' + cfg['audience'],
                 'Topic :: Scientific/Engineering :: Artificial Intelligence'],
    packages=setuptools.find_packages(include=[cfg['lib_path'], cfg['lib_path'] + '.*']),
    package_data={cfg['lib_path']: ['assets/**/*']}, include_package_data=True, zip_safe=False,
    install_requires=reqs('requirements'), extras_require=extras, python_requires='>=' + cfg['min_python'],
    long_description=Path(__file__).with_name('README.md').read_text(encoding='utf-8'), long_description_content_type='text/markdown',
    entry_points={'console_scripts': reqs('console_scripts'), 'nbdev': [f"{cfg['lib_path']}={cfg['lib_path']}._modidx:d"]})
