import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mixlabEngine, readTemplates, renderFiles, type EnginePlan, type EngineRun } from '@mixlab/engines';
import { execa } from 'execa';
import { type Figure, median, round } from './figure.ts';
import { withPage } from './page.ts';
import { measureStatus } from './status.ts';
import type { Workbench } from './workbench.ts';

const JOBS = 2000;
const ROUNDS = 3;
const SLOTS = [2, 8];
const RUNS = [200, 2000, 20_000, 100_000];
const COMPLETED = 20_000;

const PAGE = {
  file: 'launch',
  group: 'launch',
  title: 'Launching: what the scheduler and `status` cost',
  notes: `Both schedulers start \`true\`, in turns in one run: ours as the Python that trains, for each of ${JOBS} trials, with
their lines written to /dev/null. Memory is the peak of bash (VmHWM) in a dry run of a plan
of which nothing is trained yet; the processes that it starts for a moment (\`find\`, \`sort\`) are not in it. The run
directories of \`status\` are those of a plan in progress, on a memory file system where there is one.`,
};

/**
 * The scheduler beside GNU parallel, with the same command that does nothing; its memory by the number of runs; a start with
 * nothing left to do; `mixlab status` over many run directories. Writes its own page.
 */
export async function measureLaunch(workbench: Workbench): Promise<Figure[]> {
  const { root, scratch } = workbench;
  const parallel = await execa('parallel', ['--version'], { reject: false });
  const beside = parallel.exitCode === 0 ? (parallel.stdout.split('\n')[0] ?? '') : 'without GNU parallel';
  return withPage(root, { ...PAGE, beside }, async () => {
    const figures: Figure[] = [];
    if (parallel.exitCode === 0)
      for (const slots of SLOTS) figures.push(await besideParallel(scratch, slots));
    else console.log('  not beside GNU parallel, which is not installed: apt-get install parallel');
    if (process.platform === 'linux') figures.push(await memory(scratch));
    figures.push(await allCompleted(scratch));
    figures.push(...(await measureStatus(workbench)));
    return figures;
  });
}

async function besideParallel(scratch: string, slots: number): Promise<Figure> {
  const folder = join(scratch, 'launch');
  const script = writeScripts(folder, JOBS);
  const list = Array.from({ length: JOBS }, (_, job) => `${job}\n`).join('');
  const seconds = { ours: [] as number[], parallel: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    seconds.ours.push(
      await timed(() => runScript(script, '--jobs', String(slots), '--work-dir', `${folder}/${round}`)),
    );
    const joblog = ['--joblog', `${folder}/${slots}-${round}.joblog`, '--resume', '--jobs', String(slots)];
    seconds.parallel.push(await timed(() => execa('parallel', [...joblog, 'true'], { input: list })));
  }
  return {
    name: `${JOBS} jobs that do nothing, ${slots} at a time`,
    ratio: 'time over that of GNU parallel --joblog --resume',
    value: round(median(seconds.ours.map((ours, index) => ours / (seconds.parallel[index] ?? Number.NaN)))),
    limit: 1.5,
    n: ROUNDS,
    medians: {
      'ours (s)': round(median(seconds.ours)),
      'GNU parallel (s)': round(median(seconds.parallel)),
    },
  };
}

/** What the script takes at most while it looks through all that there is to do. */
async function memory(scratch: string): Promise<Figure> {
  const peaks: number[] = [];
  for (const jobs of RUNS) {
    const folder = join(scratch, `memory-${jobs}`);
    peaks.push(await peakOf(writeScripts(folder, jobs), '--dry-run'));
    rmSync(folder, { recursive: true });
  }
  return {
    name: `the script of ${inWords(Math.max(...RUNS))} runs`,
    ratio: 'peak memory over that at 200 runs',
    value: round((peaks.at(-1) ?? Number.NaN) / (peaks[0] ?? Number.NaN)),
    limit: 1.3,
    n: 1,
    medians: Object.fromEntries(RUNS.map((jobs, i) => [`${inWords(jobs)} runs (MiB)`, round(peaks[i]!, 2)])),
  };
}

/** A start that has nothing left to do. */
async function allCompleted(scratch: string): Promise<Figure> {
  const folder = join(scratch, 'completed');
  const script = writeScripts(folder, COMPLETED);
  for (const { name, hash } of runsOf(COMPLETED)) {
    const directory = join(folder, 'work_dirs/many', name, 'trial1');
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'status.json'),
      `${JSON.stringify({ schemaVersion: 1, state: 'completed', hash, attempt: 1, epoch: 100 }, null, 2)}\n`,
    );
  }
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(await timed(() => runScript(script)));
  const peak = process.platform === 'linux' ? { 'peak memory (MiB)': round(await peakOf(script), 2) } : {};
  rmSync(folder, { recursive: true });
  return {
    name: `${inWords(COMPLETED)} trials that are completed already`,
    ratio: 'seconds, from the start of the script to its end',
    value: round(median(seconds)),
    limit: 10,
    n: ROUNDS,
    medians: peak,
  };
}

/** The most memory that bash itself held, in MiB. */
async function peakOf(script: string, ...options: string[]): Promise<number> {
  const watched = `${script}.watched.sh`;
  writeFileSync(watched, `trap 'grep VmHWM /proc/$$/status >&2' EXIT\n${readFileSync(script, 'utf8')}`);
  const { stderr } = await runScript(watched, ...options);
  return Number(/VmHWM:\s+(\d+) kB/.exec(stderr)?.[1]) / 1024;
}

function inWords(count: number): string {
  return count.toLocaleString('en');
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1000;
}

/** `true` stands for the Python that trains: it succeeds whatever it is asked. */
function runScript(script: string, ...options: string[]) {
  return execa('bash', [script, ...options], { env: { MIXLAB_PYTHON: 'true' }, stdout: 'ignore' });
}

function runsOf(count: number): EngineRun[] {
  return Array.from({ length: count }, (_, index) => {
    const hash = createHash('sha256').update(String(index)).digest('hex');
    const name = `resnet50-cutmix-ep100-a1-${hash.slice(0, 8)}`;
    const configPath = `configs/resnet50/cutmix/${name}.json`;
    return { name, hash, trials: 1, selected: true, configPath, config: { schemaVersion: 1, hash } };
  });
}

/** Writes the launch scripts of so many runs, and returns the path of local.sh. */
function writeScripts(home: string, count: number): string {
  const all = runsOf(count);
  const plan: EnginePlan = {
    experiment: 'many',
    source: { file: 'configs/many.config.ts' },
    launch: { gpusPerRun: 0 },
    runs: () => all,
    planFile: () => '{}\n',
  };
  const folder = join(home, 'generated/many');
  const templates = readTemplates((file) => readFileSync(file, 'utf8'));
  for (const { path, text } of renderFiles(plan, mixlabEngine, templates)) {
    if (!path.startsWith('launch/')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof text === 'string' ? text : [...text].join(''));
  }
  return join(folder, 'launch/local.sh');
}
