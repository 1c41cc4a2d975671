#!/usr/bin/env bash
# Trains one run config on GPUS GPUs of a Slurm partition, and shows what it prints; 0 is the CPU.
#
#   tools/slurm_train.sh PARTITION CONFIG GPUS [--run-dir DIR] [--trial K] …
#
# Everything after GPUS goes to `python -m mixlab.launch`, whose --help describes it and the exit codes. More GPUs than
# GPUS_PER_NODE (default: 8) are taken from several nodes, evenly; CONFIG and run directory must be visible to all of
# them. CPUS_PER_TASK are the cores for each GPU, or for a training on the CPU (default: 5, or its share of a node of the
# partition that has fewer), SRUN_ARGS further options of srun.
set -u

case ${1:-} in
  -h | --help) partition='' ;;
  *) partition=${1:-} && shift ;;
esac
. "$(dirname -- "${BASH_SOURCE[0]}")/dist.sh" mixlab.launch 2 'PARTITION CONFIG GPUS [OPTION]…' "$@"
shift 2

# Whoever waits in the queue for hours wants to know before.
wrong() {
  echo "${0##*/}: $1" >&2
  exit 2
}
[ -f "$config" ] || wrong "there is no file $config"
for name in GPUS_PER_NODE CPUS_PER_TASK; do
  [[ ${!name:-1} =~ ^[1-9][0-9]{0,5}$ ]] || wrong "$name takes a whole number from 1, not '${!name}'"
done

per_node=${GPUS_PER_NODE:-8}
nodes=$((gpus > per_node ? (gpus + per_node - 1) / per_node : 1))
[ $((gpus % nodes)) -eq 0 ] ||
  wrong "$gpus GPUs cannot be shared evenly by $nodes nodes of $per_node (GPUS_PER_NODE)"
on_node=$((gpus / nodes))
# Slurm refuses more cores than the nodes have: of each node those that go with as many of its GPUs.
offered=$(sinfo --noheader --Node "--partition=$partition" --format='%N %c %G' 2>/dev/null | awk -v wanted="$on_node" '
  !seen[$1]++ {
    gpus = 0
    gsub(/\([^)]*\)/, "")
    for (i = split($3, kinds, ","); i > 0; i--)
      if (kinds[i] ~ /^gpu:/) gpus += kinds[i] ~ /:[0-9]+$/ ? substr(kinds[i], match(kinds[i], /[0-9]+$/)) : 1
    if (wanted == 0) print int($2)
    else if (gpus >= wanted) print int($2 * wanted / gpus)
  }' | sort -rn | sed -n "${nodes}p")
most=$((5 * (on_node > 1 ? on_node : 1)))
if [ -n "${CPUS_PER_TASK:-}" ]; then
  cores=$((CPUS_PER_TASK * (on_node > 1 ? on_node : 1)))
else
  cores=$((${offered:-0} > 0 && ${offered:-0} < most ? offered : most))
fi
request=("--partition=$partition" "--nodes=$nodes" --ntasks-per-node=1 "--cpus-per-task=$cores")
[ "$gpus" -eq 0 ] || request+=("--gres=gpu:$on_node")
launch=("$python" -m "$module" "$config" --gpus "$on_node" "$@")

# shellcheck disable=SC2016 # each node has its own numbers
on_nodes='
  nodes=$1
  shift
  [ "$nodes" -gt 1 ] || exec "$@"
  address="NodeAddr=([^ ]+)"
  host=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
  [[ $(scontrol --oneliner show node "$host") =~ $address ]] && host=${BASH_REMATCH[1]}
  exec "$@" --nodes "$nodes" --node-rank "$SLURM_NODEID" --rendezvous "$host:$((10000 + SLURM_JOB_ID % 20000))"'

# shellcheck disable=SC2086 # SRUN_ARGS are words
exec srun "${request[@]}" ${SRUN_ARGS:-} bash -c "$on_nodes" srun "$nodes" "${launch[@]}"
