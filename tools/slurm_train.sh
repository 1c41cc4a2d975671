#!/usr/bin/env bash
# Trains one run config on GPUS GPUs of a Slurm partition, and shows what it prints; 0 is the CPU.
#
#   tools/slurm_train.sh PARTITION CONFIG GPUS [--run-dir DIR] [--trial K] …
#
# Everything after GPUS goes to `python -m mixlab.launch`, whose --help describes it and the exit codes. More GPUs than
# GPUS_PER_NODE (default: 8) are taken from several nodes, evenly; CONFIG and run directory must be visible to all of
# them. CPUS_PER_TASK (default: 5) are the cores for each GPU, SRUN_ARGS further options of srun.
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
cores=$((${CPUS_PER_TASK:-5} * (gpus > nodes ? gpus / nodes : 1)))
request=("--partition=$partition" "--nodes=$nodes" --ntasks-per-node=1 "--cpus-per-task=$cores")
[ "$gpus" -eq 0 ] || request+=("--gres=gpu:$((gpus / nodes))")
launch=("$python" -m "$module" "$config" --gpus "$((gpus / nodes))" "$@")

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
