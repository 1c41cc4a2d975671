/** The texts that scripts are made of, by name. */
export type Templates = Readonly<Record<TemplateName, string>>;

export type TemplateName = keyof typeof files;

const files = {
  local: 'local.sh.hbs',
  scheduler: 'scheduler.sh.hbs',
  slurm: 'slurm.sh.hbs',
  slurmScheduler: 'slurm-scheduler.sh.hbs',
  script: 'scheduler/script.sh.hbs',
  options: 'scheduler/options.sh.hbs',
  localOptions: 'scheduler/local-options.sh.hbs',
  queue: 'scheduler/queue.sh.hbs',
  sharing: 'scheduler/sharing.sh.hbs',
  halving: 'scheduler/halving.sh.hbs',
  turns: 'scheduler/turns.sh.hbs',
  others: 'scheduler/others.sh.hbs',
  python: 'scheduler/python.sh.hbs',
  machine: 'scheduler/machine.sh.hbs',
  slots: 'scheduler/slots.sh.hbs',
  outcomes: 'scheduler/outcomes.sh.hbs',
  slurmOptions: 'slurm/options.sh.hbs',
  slurmRequest: 'slurm/request.sh.hbs',
  slurmSubmit: 'slurm/submit.sh.hbs',
  slurmTask: 'slurm/task.sh.hbs',
  mixlabTrainer: 'scheduler/trainer-mixlab.sh.hbs',
  supervision: 'scheduler/supervision.sh.hbs',
  commandTrainer: 'scheduler/trainer-command.sh.hbs',
  openmixupTrainer: 'scheduler/trainer-openmixup.sh.hbs',
} as const;

/** Where the templates lie. They are bash, which a TypeScript string would disfigure; who may read files reads them. */
export const templateFiles = Object.fromEntries(
  Object.entries(files).map(([name, file]) => [name, new URL(`../templates/${file}`, import.meta.url)]),
) as Readonly<Record<TemplateName, URL>>;

/**
 * Reads every template.
 *
 * @param read gives the text of a file: `(url) => readFileSync(url, 'utf8')`
 */
export function readTemplates(read: (file: URL) => string): Templates {
  return Object.fromEntries(
    Object.entries(templateFiles).map(([name, file]) => [name, read(file)]),
  ) as Record<TemplateName, string>;
}
