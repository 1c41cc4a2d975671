#!/usr/bin/env bash
# Evaluates a checkpoint of one run config on GPUS GPUs of this machine; 0 is the CPU.
#
#   tools/dist_test.sh CONFIG GPUS CHECKPOINT [OPTION]…
#
# Everything after CHECKPOINT goes to `python -m mixlab.test`, whose --help describes it.
set -u

. "$(dirname -- "${BASH_SOURCE[0]}")/dist.sh" mixlab.test 3 'CONFIG GPUS CHECKPOINT [OPTION]…' "$@"
checkpoint=$3
shift 3
case $checkpoint in
  -*) checkpoint=./$checkpoint ;;
esac

exec "$python" -m "$module" "$config" "$checkpoint" --gpus "$gpus" "$@"
