import { z } from 'zod';

/** Options of sbatch that `slurm.sh` gives itself. */
export const reservedSbatchOptions: readonly string[] = [
  '--array',
  '--comment',
  '--dependency',
  '--error',
  '--job-name',
  '--kill-on-invalid-dep',
  '--nodes',
  '--ntasks-per-node',
  '--open-mode',
  '--output',
  '--parsable',
  '--requeue',
  '--no-requeue',
  '--signal',
  '--wait',
  '--wrap',
];

const reserved: ReadonlySet<string> = new Set(reservedSbatchOptions);

const TIME = /^(\d+|\d+:\d\d|\d+:\d\d:\d\d|\d+-\d+|\d+-\d+:\d\d|\d+-\d+:\d\d:\d\d|UNLIMITED)$/;
const OPTION = /^--[a-z][a-z0-9-]*(=[^\p{Cc}\p{Cs}]+)?$/u;

const word = z.string().regex(/^[^\s\p{Cc}\p{Cs}]+$/u, { error: 'expected a word' });
const count = z.int().positive();

const sbatchOption = z
  .string()
  .regex(OPTION, { error: 'expected an option of sbatch such as --exclude=node7' })
  .refine((option) => !reserved.has(option.replace(/=.*/, '')), {
    error: ({ input }) =>
      `expected another option: slurm.sh gives ${String(input).replace(/=.*/, '')} itself`,
  });

/** What Slurm is asked for. A field that is missing is not asked for: the cluster's default holds. */
const slurmSchema = z.strictObject({
  partition: word.optional(),
  account: word.optional(),
  qos: word.optional(),
  time: z
    .string()
    .regex(TIME, { error: 'expected a time limit such as 90, 12:00:00 or 2-12:00:00' })
    .optional(),
  constraint: word.optional(),
  cpusPerTask: count.optional(),
  cpusPerGpu: count.optional(),
  mem: z
    .string()
    .regex(/^\d+[KMGT]?$/, { error: 'expected an amount of memory such as 64G' })
    .optional(),
  throttle: count.optional(),
  maxArraySize: count.optional(),
  signalSeconds: count.max(65_535).optional(),
  sbatch: z.array(sbatchOption).optional(),
  setup: z.array(z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'expected a line of shell' })).optional(),
});

/** What a run needs of machines. */
export const launchSchema = z
  .strictObject({
    gpusPerRun: z.int().nonnegative(),
    gpusPerNode: count.optional(),
    nodesPerRun: count.optional(),
    slurm: slurmSchema.optional(),
  })
  .superRefine((launch, context) => {
    const nodes = nodesPerRun(launch);
    const { gpusPerRun, gpusPerNode = gpusPerRun } = launch;
    const path = [launch.nodesPerRun === undefined ? 'gpusPerNode' : 'nodesPerRun'];
    if (gpusPerRun % nodes !== 0) {
      const message = `expected ${gpusPerRun} GPUs of a run to be shared evenly by ${nodes} nodes`;
      context.addIssue({ code: 'custom', path, message });
    } else if (gpusPerRun / nodes > gpusPerNode) {
      const message = `expected at least ${Math.ceil(gpusPerRun / gpusPerNode)} nodes for ${gpusPerRun} GPUs of a run, of which a node has ${gpusPerNode}`;
      context.addIssue({ code: 'custom', path, message });
    }
  });

export type Launch = z.infer<typeof launchSchema>;

/** Nodes that a run takes: as many as it says, else as few as hold its GPUs. */
function nodesPerRun({
  gpusPerRun,
  gpusPerNode = gpusPerRun,
  nodesPerRun,
}: Pick<Launch, 'gpusPerRun' | 'gpusPerNode' | 'nodesPerRun'>): number {
  return nodesPerRun ?? Math.max(1, Math.ceil(gpusPerRun / Math.max(1, gpusPerNode)));
}
