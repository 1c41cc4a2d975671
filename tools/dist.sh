# shellcheck shell=bash
# What dist_train.sh and dist_test.sh have in common: sourced, it sets $python, $module, $config and $gpus.
#
#   . dist.sh MODULE LEAST USAGE "$@"   (what is run, how many arguments it needs at least, and which)
#
# Python is $MIXLAB_PYTHON, else .venv of $MIXLAB_HOME or of this checkout, else python3. Needs nothing newer than bash 3.2.

module=$1
least=$2
usage=$3
shift 3

refuse() {
  echo "usage: ${0##*/} $usage   (GPUS: a number, 0 for the CPU; options: see --help)" >&2
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
  -h | --help) exec "$python" -m "$module" --help ;;
esac
[ $# -ge "$least" ] || refuse
config=$1
gpus=$2
case $gpus in
  '' | *[!0-9]*) refuse ;;
esac
case $config in
  -*) config=./$config ;;
esac
