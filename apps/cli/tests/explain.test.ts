import { readFileSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { mixlabSchema } from '@mixlab/catalog/mixlab-schema';
import { planSchema } from '@mixlab/contracts';
import type { JsonObject, JsonValue, SourceLocation } from '@mixlab/contracts';
import { identityHash } from '@mixlab/plan';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inProcess } from './in-process.ts';
import { makeWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const root = join(import.meta.dirname, '../../..');

const shared = `import { datasets } from '@mixlab/dsl';

export const setting = { dataset: datasets.cifar10, maxEpochs: 100, batchSize: 128 } as const;

export const machines = { gpusPerRun: 2, slurm: { partition: 'gpu' } } as const;

export function sgd(lr: number) {
  return { name: 'sgd', lr, momentum: 0.9 } as const;
}
`;

const authored = `import { best, defineExperiment, medianOfLast, mix, recipes, together, vary } from '@mixlab/dsl';
import { machines, setting, sgd } from './shared.ts';

export default defineExperiment({
  name: 'traced',
  recipe: recipes.cifar,
  backbone: 'resnet20',
  ...setting,
  optimizer: { ...sgd(0.2), nesterov: true },
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0.5 })),
  ...together({ 'ema.decay': 0.9, 'ema.warmupEpochs': 1 }, { 'ema.decay': 0.99, 'ema.warmupEpochs': 2 }),
  report: medianOfLast(3),
  launch: { ...machines, gpusPerNode: 4 },
})
  .when({ mixMode: 'mixup' }, { mixMode: { alpha: 0.2 }, 'optimizer.momentum': 0.8 })
  .when({ mixMode: 'mixup' }, { report: best('top5') });
`;

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace({ 'configs/traced.config.ts': authored, 'configs/shared.ts': shared });
});
afterAll(() => workspace.remove());

describe('mixlab explain', () => {
  it('tells where each value was set and what it replaced, through spreads, constants and functions', async () => {
    const explain = (...args: string[]) => inProcess(workspace.home, 'explain', ...args);
    const { exitCode, stdout, stderr } = await explain('resnet20-mixup-*decay0.99*', '--set=batchSize=64');
    expect([exitCode, stderr]).toEqual([0, '']);
    const told = withoutMachine(stdout).split('\n');
    const of = (path: string) => {
      const start = told.findIndex((line) => line.startsWith(`  ${path} `));
      const end = told.findIndex((line, at) => at > start && !line.startsWith('   '));
      return told.slice(start, end < 0 ? undefined : end).map((line) => line.trim().replace(/ {2,}/g, '  '));
    };
    const paths = ['dataset.name', 'maxEpochs', 'batchSize', 'optimizer', 'mixMode', 'ema.decay'];
    const all = paths.flatMap((path) => {
      const inner = told.flatMap((line) => /^ {2}(\S+) /.exec(line)?.[1] ?? []);
      return inner.filter((each) => each === path || each.startsWith(`${path}.`)).flatMap(of);
    });
    expect(all).toMatchInlineSnapshot(`
      [
        "dataset.name  "cifar10"  configs/shared.ts:3:26 (experiment, brought by what stands there)",
        "over "cifar10"  libs/catalog/src/recipes.ts:N:5 (recipe cifar, brought by what stands there)",
        "maxEpochs  100  configs/shared.ts:3:53 (experiment)",
        "batchSize  64  --set batchSize=64",
        "over 128  configs/shared.ts:3:69 (experiment)",
        "over 100  libs/catalog/src/recipes.ts:N:5 (recipe cifar)",
        "optimizer.name  "sgd"  configs/shared.ts:8:12 (experiment)",
        "over "sgd"  libs/catalog/src/recipes.ts:N:18 (recipe cifar)",
        "over "sgd"  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.name)",
        "optimizer.lr  0.2  configs/traced.config.ts:9:16 (experiment, brought by what stands there)",
        "over 0.1  libs/catalog/src/recipes.ts:N:31 (recipe cifar)",
        "over 0.1  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.lr)",
        "optimizer.momentum  0.8  configs/traced.config.ts:15:58 (when)",
        "over 0.9  configs/shared.ts:8:29 (experiment)",
        "over 0.9  libs/catalog/src/recipes.ts:N:40 (recipe cifar)",
        "over 0.9  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.momentum)",
        "optimizer.nesterov  true  configs/traced.config.ts:9:29 (experiment)",
        "over false  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.nesterov)",
        "optimizer.betas  [0.9,0.999]  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.betas)",
        "optimizer.eps  1e-8  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.eps)",
        "optimizer.weightDecay  0.0001  libs/catalog/src/recipes.ts:N:55 (recipe cifar)",
        "over 0.0001  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.weightDecay)",
        "optimizer.decayNormAndBias  true  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.decayNormAndBias)",
        "optimizer.clipNorm  null  libs/training/src/mixlab/config.py:N:5 (default of Optimizer.clipNorm)",
        "mixMode.name  "mixup"  configs/traced.config.ts:10:32 (vary, brought by what stands there)",
        "mixMode.alpha  0.2  configs/traced.config.ts:15:44 (when)",
        "over 0.5  configs/traced.config.ts:10:44 (vary)",
        "over 1  libs/training/src/mixlab/methods/mixup.py:N:5 (default of MixUp.alpha)",
        "mixMode.perSample  false  libs/training/src/mixlab/methods/mixup.py:N:5 (default of MixUp.perSample)",
        "ema.decay  0.99  configs/traced.config.ts:11:62 (together)",
        "over 0  libs/training/src/mixlab/config.py:N:5 (default of Ema.decay)",
      ]
    `);
  });

  it('tells trials, report and launch, which no config holds', async () => {
    const explain = (...args: string[]) => inProcess(workspace.home, 'explain', ...args);
    const whole = await explain('resnet20-mixup-*decay0.99*', '--set=launch.gpusPerRun=4');
    expect([whole.exitCode, whole.stderr]).toEqual([0, '']);
    const [, ofExperiment] = whole.stdout.split('  of the experiment, not in the config:\n');
    expect(ofExperiment).toMatchInlineSnapshot(`
      "    trials                    1                            default
          report.reducer            "best"                       configs/traced.config.ts:16:33 (when, brought by what stands there)
                                    over "medianOfLast"          configs/traced.config.ts:12:3 (experiment, brought by what stands there)
                                    over "medianOfLast"          default
          report.metric             "top5"                       configs/traced.config.ts:16:33 (when, brought by what stands there)
                                    over "top1"                  configs/traced.config.ts:12:3 (experiment, brought by what stands there)
                                    over "top1"                  default
          launch.gpusPerRun         4                            --set launch.gpusPerRun=4
                                    over 2                       configs/shared.ts:5:27 (experiment)
                                    over 1                       default
          launch.gpusPerNode        4                            configs/traced.config.ts:13:26 (experiment)
          launch.slurm.partition    "gpu"                        configs/shared.ts:5:51 (experiment)
      "
    `);
    const { stdout } = await explain('resnet20-vanilla-*decay0.99*', 'launch.gpusPerRun');
    expect(stdout.replace(/-[0-9a-f]{8}$/m, '')).toMatchInlineSnapshot(`
      "traced/resnet20-vanilla-ep100-decay0.99-warmupepochs2
        of the experiment, not in the config:
          launch.gpusPerRun  2       configs/shared.ts:5:27 (experiment)
                             over 1  default
      "
    `);
    const json = JSON.parse((await explain('*', 'report', '--json')).stdout) as {
      runs: { values: Traced[]; ofExperiment: Traced[] }[];
    };
    expect(json.runs.map(({ values, ofExperiment: told }) => [values, assemble(told)])).toEqual(
      [
        { report: { reducer: 'medianOfLast', epochs: 3, metric: 'top1' } },
        { report: { reducer: 'medianOfLast', epochs: 3, metric: 'top1' } },
        { report: { reducer: 'best', metric: 'top5' } },
        { report: { reducer: 'best', metric: 'top5' } },
      ].map((report) => [[], report]),
    );
  });

  it('compares two runs, finds a field, and knows the nearest name', async () => {
    const explain = (...args: string[]) => inProcess(workspace.home, 'explain', ...args);
    const [vanilla, mixup] = (await explain('*decay0.99*', 'seed')).stdout.match(/resnet20-\S+/g) ?? [];
    const compared = await explain('--diff', vanilla!, mixup!, '--json');
    const { differences } = JSON.parse(compared.stdout) as {
      differences: { path: string; before?: { value: JsonValue }; after?: { value: JsonValue } }[];
    };
    expect(differences.map(({ path, before, after }) => [path, before?.value, after?.value])).toEqual([
      ['mixMode.name', 'vanilla', 'mixup'],
      ['optimizer.momentum', 0.9, 0.8],
      ['mixMode.alpha', undefined, 0.2],
      ['mixMode.perSample', undefined, false],
      ['report.reducer', 'medianOfLast', 'best'],
      ['report.epochs', 3, undefined],
      ['report.metric', 'top1', 'top5'],
    ]);
    const misspelt = await explain(mixup!.replace('mixup', 'mixpu'));
    expect(misspelt).toMatchObject({ exitCode: 2, stdout: '' });
    expect(misspelt.stderr).toContain(`did you mean ${mixup}?`);
    const told: string[] = [];
    for (const path of [
      'optimizer.momentm',
      'trial',
      'launch.slurm.partitions',
      'launch.nodesPerRun',
      'launch.x',
    ]) {
      const field = await explain(mixup!, path);
      expect(field).toMatchObject({ exitCode: 2, stdout: '' });
      told.push(field.stderr);
    }
    expect(told.join('')).toMatchInlineSnapshot(`
      "optimizer.momentm: the run has no such field (did you mean optimizer.momentum?)
      trial: the run has no such field (did you mean trials?)
      launch.slurm.partitions: the run has no such field (did you mean launch.slurm.partition?)
      launch.nodesPerRun: nothing sets it
      launch.x: the run has no such field (expected one of launch.gpusPerRun, launch.gpusPerNode, launch.slurm)
      "
    `);
    const several = await explain('--diff', 'resnet20-mixup-*', mixup!);
    expect(several).toMatchObject({ exitCode: 2, stdout: '' });
    expect(several.stderr).toContain('--diff compares two runs, and resnet20-mixup-* takes several');
  });

  it('tells of each run whether it has a field, and takes a trial for its run', async () => {
    const explain = (...args: string[]) => inProcess(workspace.home, 'explain', ...args);
    const { exitCode, stdout } = await explain('*decay0.99*', 'mixMode.alpha');
    expect(exitCode).toBe(0);
    expect(withoutMachine(stdout).replace(/-[0-9a-f]{8}$/gm, '')).toMatchInlineSnapshot(`
      "traced/resnet20-vanilla-ep100-decay0.99-warmupepochs2
        mixMode.alpha  (none)

      traced/resnet20-mixup-ep100-a0.2-decay0.99-warmupepochs2
        mixMode.alpha  0.2       configs/traced.config.ts:15:44 (when)
                       over 0.5  configs/traced.config.ts:10:44 (vary)
                       over 1    libs/training/src/mixlab/methods/mixup.py:N:5 (default of MixUp.alpha)
      "
    `);
    const [run] = /resnet20-mixup-\S+/.exec(stdout) ?? [];
    expect(await explain(`${run}/trial1`)).toEqual(await explain(run!));
  });

  it('compares runs of one experiment where another has one of them, too', async () => {
    const vanilla = authored
      .replace(/\n {2}\.when.*/g, '')
      .replace('})\n', '});\n')
      .replace('vary(mix.vanilla(), mix.mixup({ alpha: 0.5 }))', 'mix.vanilla()')
      .replace("'traced',", "'first', trials: 2,");
    workspace.write('configs/first.config.ts', vanilla);
    onTestFinished(() => rmSync(join(workspace.home, 'configs/first.config.ts')));
    const explain = (...args: string[]) => inProcess(workspace.home, 'explain', ...args);
    const [of] = /resnet20-mixup-\S+/.exec((await explain('*mixup*decay0.99*', 'seed')).stdout) ?? [];
    for (const names of [
      ['resnet20-vanilla-ep100-decay0.99', of!],
      [of!, 'resnet20-vanilla-ep100-decay0.99'],
    ]) {
      const { exitCode, stdout } = await explain('--diff', ...names);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^- traced\/.*\n\+ traced\//);
      expect(stdout).not.toContain('trials');
    }
    expect((await explain('--diff', 'first/resnet20-vanilla-ep100-decay0.99', of!)).stdout).toMatch(
      /^- first\/[^]*\ntrials +- 2 +configs\/first\.config\.ts:5:18 \(experiment\)\n +\+ 1 +default\n/m,
    );
  });

  it('names the line of a constant, and the call of a function that is given a value', async () => {
    const own = makeWorkspace({
      'configs/parts.ts': `import { mix } from '@mixlab/dsl';
export const rate = 0.07;
export const averaged = (decay: number) => ({ 'ema.decay': decay });
export function cut(alpha: number) {
  return mix.cutmix({ alpha });
}
`,
      'configs/made.config.ts': `import { defineExperiment, recipes, vary } from '@mixlab/dsl';
import { averaged, cut, rate as lr } from './parts.ts';
const seed = 3 as const;
export default defineExperiment({
  name: 'made',
  recipe: recipes.cifar,
  backbone: 'resnet20',
  maxEpochs: vary(2 * 5),
  seed,
  optimizer: { lr },
  mixMode: vary(cut(0.5), cut(0.25)),
  ...averaged(0.9),
}).when({ 'mixMode.alpha': 0.5 }, { ...averaged(0.99) });
`,
    });
    onTestFinished(() => own.remove());
    const { stdout } = await inProcess(own.home, 'explain', '*a0.5*');
    const placeOf = (path: string) => new RegExp(`^  ${path} +\\S+ +configs/(.*)$`, 'm').exec(stdout)?.[1];
    expect(['optimizer.lr', 'seed', 'maxEpochs', 'mixMode.alpha', 'ema.decay'].map(placeOf)).toEqual([
      'parts.ts:2:21 (experiment)',
      'made.config.ts:3:14 (experiment)',
      'made.config.ts:8:19 (vary, brought by what stands there)',
      'made.config.ts:11:17 (vary, brought by what stands there)',
      'made.config.ts:13:37 (when, brought by what stands there)',
    ]);
    expect(stdout).toMatch(/\n +over 0\.9 +configs\/made\.config\.ts:12:3 \(experiment, brought/);
  });

  it('explains a run beside a file that has problems, and tells those where a run is not found', async () => {
    const own = makeWorkspace({
      'configs/traced.config.ts': authored,
      'configs/shared.ts': shared,
      'configs/broken.config.ts': authored.replace("'traced'", "'broken'").replace('0.5', "'0.5'"),
    });
    onTestFinished(() => own.remove());
    const found = await inProcess(own.home, 'explain', 'resnet20-vanilla-*decay0.99*', 'maxEpochs');
    expect([found.exitCode, found.stderr]).toEqual([
      0,
      'not looked at, for they have problems: configs/broken.config.ts\n',
    ]);
    expect(found.stdout).toMatch(/^ {2}maxEpochs +100 +configs\/shared\.ts:3:/m);
    const lost = await inProcess(own.home, 'explain', 'resnet21');
    expect([lost.exitCode, lost.stdout]).toEqual([2, '']);
    expect(lost.stderr).toMatch(
      /^no run is called resnet21; [^]*\nconfigs\/broken\.config\.ts:10:44: mixMode/,
    );
    const set = await inProcess(own.home, 'explain', 'resnet20-vanilla-*decay0.99*', '--set=maxEpochs=5');
    expect([set.exitCode, set.stdout]).toEqual([2, '']);
  });

  it('accounts for every value of every run in configs/', async () => {
    const { exitCode, stdout } = await inProcess(root, 'explain', '*', '--json');
    expect(exitCode).toBe(0);
    const { runs } = JSON.parse(stdout) as { runs: Explained[] };
    expect(runs.length).toBeGreaterThan(500);
    expect(await inProcess(root, 'configs', `--out=${workspace.home}/generated`)).toMatchObject({
      exitCode: 0,
    });
    const heads = headsByRun([...new Set(runs.map(({ run }) => run.experiment))]);
    expect(runs.length).toBe(heads.size);
    const lost = new Set<string>();
    for (const { run, values, ofExperiment } of runs) {
      expect(identityHash(assemble(values), mixlabSchema.jsonSchema)).toBe(run.hash);
      expect(assemble(ofExperiment)).toEqual(heads.get(`${run.experiment}/${run.name}`));
      for (const value of [...values, ...ofExperiment]) {
        for (const { from } of [value, ...value.replaced]) {
          const problem = lostAt(value, from);
          if (problem) lost.add(problem);
        }
      }
    }
    expect([...lost]).toEqual([]);
  });
});

interface Explained {
  readonly run: { readonly experiment: string; readonly name: string; readonly hash: string };
  readonly values: readonly Traced[];
  readonly ofExperiment: readonly Traced[];
}

/** What the plans that were generated say of their runs beside the configs. */
function headsByRun(experiments: readonly string[]): Map<string, unknown> {
  return new Map(
    experiments.flatMap((experiment) => {
      const { launch, runs } = planSchema.parse(
        JSON.parse(workspace.read(`generated/${experiment}/plan.json`)),
      );
      return runs.map(({ name, trials, report }) => {
        return [`${experiment}/${name}`, { trials, report, launch }] as const;
      });
    }),
  );
}

interface Source {
  readonly kind: string;
  /** Class that a default is of. */
  readonly model?: string;
  readonly at?: SourceLocation;
}

interface Traced {
  readonly path: string;
  readonly value: JsonValue;
  readonly from: Source;
  readonly replaced: readonly { readonly from: Source }[];
}

/** Why a place is not that of the value: its line says neither the field's name nor a value, nor brings any. */
function lostAt({ path }: Traced, { kind, model, at }: Source): string | undefined {
  // The defaults of an experiment's own fields are in no file of the training library.
  if (kind === 'default' && model === undefined && /^(trials|report|launch)\b/.test(path)) return undefined;
  if (!at) return `${path}: no place (${kind})`;
  const text = linesOf(at.file)[at.line - 1]?.slice(at.column - 1);
  const field = path.split('.').findLast((part) => !/^\d+$/.test(part))!;
  const snakeCase = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const isThere =
    kind === 'default'
      ? text?.startsWith(`${snakeCase}: `) || text?.startsWith('mix_mode: ')
      : at.brought ||
        text?.startsWith(field) ||
        /^['"\d.[{]/.test(text ?? '') ||
        /^\w+[,)(]/.test(text ?? '');
  return isThere ? undefined : `${path}: ${at.file}:${at.line}:${at.column} is ${text}`;
}

const files = new Map<string, string[]>();

function linesOf(file: string): string[] {
  let lines = files.get(file);
  if (!lines) {
    lines = readFileSync(isAbsolute(file) ? file : join(root, file), 'utf8').split('\n');
    files.set(file, lines);
  }
  return lines;
}

/** The config that values by path make up. */
function assemble(values: readonly Traced[]): JsonObject {
  const whole: Record<string, unknown> = {};
  for (const { path, value } of values) {
    const keys = path.split('.');
    let inner = whole;
    for (const [at, key] of keys.entries()) {
      if (at === keys.length - 1) inner[key] = value;
      else inner = (inner[key] ??= /^\d+$/.test(keys[at + 1]!) ? [] : {}) as Record<string, unknown>;
    }
  }
  return whole as JsonObject;
}

/** Without the folder of the workspace that holds the sources. */
function withoutMachine(text: string): string {
  return text
    .replaceAll(`${root}/`, '')
    .replace(/\.py:\d+:/g, '.py:N:')
    .replace(/recipes\.ts:\d+:/g, 'recipes.ts:N:');
}
