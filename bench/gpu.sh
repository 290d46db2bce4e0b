#!/usr/bin/env bash
# Everything that a machine with one GPU and no network can tell in a few minutes; see nbs/11f_bench_gpu.ipynb.
#   bash bench/gpu.sh pack FOLDER [PIECE_MB]           where there is a network: wheels and the demo model's pieces
#   bash bench/gpu.sh run FOLDER [OUT.json] [MINUTES] [OPTION...]   there; the same command goes on after a cut
# The machine has torch, transformers and triton for Python 3.12. Carry FOLDER there in as many transfers as it takes.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
what=${1:?pack or run} folder=${2:?the folder that is carried}

pack() {
  local size=${1:-24} platforms=() version
  for version in manylinux_2_28 manylinux_2_27 manylinux_2_17 manylinux2014 manylinux1; do
    platforms+=(--platform "${version}_x86_64")
  done
  mkdir -p "$folder"
  # what decoding needs, then what training and the server need
  for package in gguf fastcore hjson einops fastapi starlette uvicorn sse-starlette httpx \
                 pydantic pydantic-core pydantic-settings python-dotenv annotated-types typing-inspection prometheus-client; do
    python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.12 --implementation cp \
      "${platforms[@]}" -c <(grep "^$package==" "$root/constraints.txt") -d "$folder" "$package" ||
      echo "left out: $package" >&2
  done
  DS_BUILD_OPS=0 python3 -m pip wheel --quiet --no-deps -w "$folder" -c "$root/constraints.txt" deepspeed ||
    echo "left out: deepspeed" >&2
  python3 -m pip wheel --quiet --no-deps -w "$folder" "$root" && rm -rf "$root/build"
  PYTHONPATH=$root python3 -m medusa_nb.bench_gpu --split demo --pieces "$folder" --piece-mb "$size"
  du -ch "$folder"/* | tail -n 1
}

install() {
  local target=$1
  shift
  python3 -m pip install --quiet --no-index --no-deps --no-compile --upgrade --target "$target" "$@"
}

run() {
  local out=${1:-gpu.json} minutes=${2:-12} site end left code wheel
  shift $(($# < 2 ? $# : 2))
  end=$(($(date +%s) + minutes*60))
  site=${MEDUSA_GPU_SITE:-/tmp/medusa_gpu_site}
  if compgen -G "$folder/*.whl" > /dev/null && [ ! -d "$site" ]; then
    install "$site.new" "$folder"/*.whl || for wheel in "$folder"/*.whl; do
      install "$site.new" "$wheel" || echo "left out: $wheel" >&2
    done
    mv "$site.new" "$site"
  fi
  # a checkout goes before the wheel of it
  if [ -d "$root/medusa_nb" ]; then site=$root:$site; fi
  export PYTHONPATH=$site${PYTHONPATH:+:$PYTHONPATH} HF_HUB_OFFLINE=1 PYTHONUNBUFFERED=1
  for _ in 1 2 3 4 5 6; do
    left=$((end - $(date +%s)))
    [ "$left" -gt 20 ] || break
    code=0
    timeout -k 5 "$((left + 30))" python3 -m medusa_nb.bench_gpu --out "$out" --pieces "$folder" \
      --minutes "$(python3 -c "print($left/60)")" "$@" || code=$?
    # 0: all parts that could be run; 2: a mistake in the command; else the process was lost, and a new one goes on
    if [ "$code" -eq 0 ] || [ "$code" -eq 2 ]; then return "$code"; fi
  done
  PYTHONPATH=$site python3 -m medusa_nb.bench_gpu --out "$out" --report
}

shift 2
"$what" "$@"
