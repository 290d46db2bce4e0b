#!/usr/bin/env bash
# Train Medusa heads from ./train.json and ./eval.json into ./medusa_heads; further options go to `medusa train`.
#   NUM_PROCESSES=2 ./start_train.sh --model my/model     HOSTFILE=hostfile ./start_train.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v deepspeed > /dev/null || { echo "deepspeed is not installed: pip install 'medusa_nb[train]'" >&2; exit 2; }
where=()
if [ -n "${HOSTFILE:-}" ]; then where+=(--hostfile "$HOSTFILE"); fi
if [ -n "${NUM_PROCESSES:-}" ]; then where+=(--num_gpus "$NUM_PROCESSES")
elif ! command -v nvidia-smi > /dev/null; then where+=(--num_gpus 1); fi
if ! command -v nvidia-smi > /dev/null; then export DS_ACCELERATOR=cpu; fi
exec deepspeed "${where[@]}" --no_local_rank --module medusa_nb.train --deepspeed "$here/deepspeed.json" "$@"
