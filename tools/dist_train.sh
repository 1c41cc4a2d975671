#!/usr/bin/env bash
# Trains one run config on GPUS GPUs of this machine; 0 is the CPU.
#
#   tools/dist_train.sh CONFIG GPUS [--run-dir DIR] [--trial K] [--claim] …
#
# Everything after GPUS goes to `python -m mixlab.launch`, whose --help describes it and the exit codes.
set -u

. "$(dirname -- "${BASH_SOURCE[0]}")/dist.sh" mixlab.launch 2 'CONFIG GPUS [OPTION]…' "$@"
shift 2

exec "$python" -m "$module" "$config" --gpus "$gpus" "$@"
