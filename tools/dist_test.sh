#!/usr/bin/env bash
# Evaluates a checkpoint of one run config on GPUS GPUs of this machine; 0 is the CPU.
#
#   tools/dist_test.sh CONFIG GPUS CHECKPOINT [OPTION]…
#
# Everything after CHECKPOINT goes to `python -m mixlab.test`, whose --help describes it. Python is $MIXLAB_PYTHON,
# else .venv of $MIXLAB_HOME or of this checkout, else python3. Needs nothing newer than bash 3.2.
set -u

usage() {
  echo "usage: ${0##*/} CONFIG GPUS CHECKPOINT [OPTION]…   (GPUS: a number, 0 for the CPU; options: see --help)" >&2
  exit 2
}

checkout=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd) || exit 1

python=${MIXLAB_PYTHON:-}
for venv in ${MIXLAB_HOME:+"$MIXLAB_HOME/.venv"} "$checkout/.venv"; do
  if [ -z "$python" ] && [ -x "$venv/bin/python" ]; then
    python=$venv/bin/python
  fi
done
python=${python:-python3}

case ${1:-} in
  -h | --help) exec "$python" -m mixlab.test --help ;;
esac
[ $# -ge 3 ] || usage
config=$1
gpus=$2
checkpoint=$3
shift 3
case $gpus in
  '' | *[!0-9]*) usage ;;
esac
case $config in
  -*) config=./$config ;;
esac
case $checkpoint in
  -*) checkpoint=./$checkpoint ;;
esac

exec "$python" -m mixlab.test "$config" "$checkpoint" --gpus "$gpus" "$@"
