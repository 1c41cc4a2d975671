/**
 * What a run needs of machines. The same as `Launch` of `@mixlab/contracts`, spelt out so that checking an experiment does
 * not load zod. Nothing of it is part of a run's identity.
 */
export interface Launch {
  /** GPUs of one run, all of its nodes together; 0 trains on the CPU. */
  readonly gpusPerRun: number;
  /** The most GPUs that one machine has for a run; a run with more of them takes several nodes. */
  readonly gpusPerNode?: number;
  /** Machines of one run, which share its GPUs evenly. Default: as few as `gpusPerNode` allows. */
  readonly nodesPerRun?: number;
  /** What Slurm is asked for; options of `slurm.sh` override each. */
  readonly slurm?: Slurm;
}

/** What Slurm is asked for. What is left out is the cluster's default. */
export interface Slurm {
  /** Partition, or several with commas. */
  readonly partition?: string;
  /** Account that is charged. */
  readonly account?: string;
  /** Quality of service. */
  readonly qos?: string;
  /** Time limit of one attempt at a trial: minutes, `12:00:00` or `2-12:00:00`. A training longer than that goes on in the next. */
  readonly time?: string;
  /** Features that nodes must have: `a100&nvlink`. */
  readonly constraint?: string;
  /** CPU cores of a run on each node. */
  readonly cpusPerTask?: number;
  /** CPU cores for each GPU. */
  readonly cpusPerGpu?: number;
  /** Memory on each node: `64G`. */
  readonly mem?: string;
  /** Trials that run at a time, at most. */
  readonly throttle?: number;
  /** Tasks of one array, at most. Default: as many as the cluster allows. */
  readonly maxArraySize?: number;
  /** Seconds before the time limit at which a trial writes a checkpoint and is queued again. Default: 120. */
  readonly signalSeconds?: number;
  /** Any other options of sbatch: `['--exclude=node7', '--mail-type=FAIL']`. */
  readonly sbatch?: readonly string[];
  /** Lines of bash that run on the node before the training: `['module load cuda', 'conda activate mixlab']`. */
  readonly setup?: readonly string[];
}
