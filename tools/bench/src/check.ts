import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import ts from 'typescript';
import { type Figure, median, round } from './figure.ts';
import { withPage } from './page.ts';
import type { Workbench } from './workbench.ts';

const ROUNDS = 5;
const AXES = 50;

const PAGE = {
  file: 'check',
  group: 'check',
  title: 'Authoring: what `check`, `explain` and the editor cost',
  notes: `\`mixlab check\` and \`tsc --noEmit\` look at all of \`configs/\`, in turns. The editor's time is that of TypeScript's language
service, in this process, after the file was loaded once.`,
};

/**
 * `mixlab check` of all of configs/ beside `tsc --noEmit` of the same files, and what an editor waits for after a change
 * of a file of 50 axes and as many `when`s.
 */
export function measureCheck({ root }: Workbench): Promise<Figure[]> {
  return withPage(root, PAGE, () => measure(root));
}

async function measure(root: string): Promise<Figure[]> {
  const seconds = { checked: [] as number[], unchanged: [] as number[], tsc: [] as number[] };
  for (let i = 0; i <= ROUNDS; i++) {
    rmSync(join(root, '.mixlab/cache/authoring'), { recursive: true, force: true });
    const round = {
      checked: await timed(root, ['apps/cli/bin/mixlab.mjs', 'check']),
      unchanged: await timed(root, ['apps/cli/bin/mixlab.mjs', 'check']),
      tsc: await timed(root, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'configs']),
    };
    // The first is there to warm up.
    if (i > 0) for (const key of ['checked', 'unchanged', 'tsc'] as const) seconds[key].push(round[key]);
  }
  const medians = Object.fromEntries(
    Object.entries(seconds).map(([key, values]) => [`${key} (s)`, round(median(values))]),
  );
  const over = (key: 'checked' | 'unchanged') =>
    round(median(seconds[key].map((value, i) => value / (seconds.tsc[i] ?? Number.NaN))));
  const ratio = 'time over that of tsc --noEmit on the same files';
  const explained = await explainTimes(root);
  const milliseconds = editorTimes(root);
  return [
    { name: 'mixlab check, files changed', ratio, value: over('checked'), limit: 2, n: ROUNDS, medians },
    { name: 'mixlab check, nothing changed', ratio, value: over('unchanged'), limit: 2, n: ROUNDS, medians },
    {
      name: 'mixlab explain, a run of all of configs/',
      ratio: "seconds beyond the command's own start",
      value: round(median(explained.map(({ whole, start }) => whole - start))),
      limit: 1,
      n: ROUNDS,
      medians: {
        'explained (s)': round(median(explained.map(({ whole }) => whole))),
        'mixlab explain --help (s)': round(median(explained.map(({ start }) => start))),
      },
    },
    {
      name: `editor, ${AXES} axes and ${AXES} whens`,
      ratio: 'milliseconds until the problems are there, after a change',
      value: round(median(milliseconds.map(({ problems }) => problems)), 0),
      limit: 500,
      n: ROUNDS,
      medians: {},
    },
    {
      name: 'editor, the same file, values inside a `vary`',
      ratio: 'milliseconds until the names are offered, after that',
      value: round(median(milliseconds.map(({ names }) => names)), 0),
      limit: 500,
      n: ROUNDS,
      medians: {},
    },
  ];
}

/** Seconds that `mixlab explain` of one run takes, nothing changed, and those of its start, in turns. */
async function explainTimes(root: string): Promise<{ readonly whole: number; readonly start: number }[]> {
  const bin = 'apps/cli/bin/mixlab.mjs';
  const { stdout } = await execa(process.execPath, [bin, 'configs', '--dry-run', '--json'], { cwd: root });
  const { experiments } = JSON.parse(stdout) as { experiments: { runs: { name: string }[] }[] };
  const run = experiments[0]?.runs[0]?.name;
  if (run === undefined) throw new Error('configs/ holds no run');
  const times = [];
  for (let i = 0; i < ROUNDS; i++) {
    times.push({
      whole: await timed(root, [bin, 'explain', run]),
      start: await timed(root, [bin, 'explain', '--help']),
    });
  }
  return times;
}

async function timed(root: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  await execa(process.execPath, args, { cwd: root });
  return (performance.now() - start) / 1000;
}

/** Milliseconds that TypeScript's server takes to find the problems of a large file after each of some changes, and to offer names. */
function editorTimes(root: string): { readonly problems: number; readonly names: number }[] {
  const path = join(root, 'configs/large.config.ts');
  const config = ts.readConfigFile(join(root, 'configs/tsconfig.json'), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'configs'));
  let version = 0;
  const host: ts.LanguageServiceHost = {
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: (file) => (file === path ? String(version) : '0'),
    getScriptSnapshot: (file) => {
      const text = file === path ? largeConfig(version) : ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => file === path || ts.sys.fileExists(file),
  };
  const service = ts.createLanguageService(host);
  const check = (): number => {
    const start = performance.now();
    const problems = service.getSemanticDiagnostics(path);
    if (problems.length > 0) throw new Error(ts.flattenDiagnosticMessageText(problems[0]!.messageText, '\n'));
    return performance.now() - start;
  };
  const complete = (): number => {
    const start = performance.now();
    const inside = largeConfig(version).indexOf("'resnet50'") + 1;
    const names = service.getCompletionsAtPosition(path, inside, {})?.entries ?? [];
    if (!names.some(({ name }) => name === 'resnet50'))
      throw new Error('no network is offered inside a vary');
    return performance.now() - start;
  };
  check();
  return Array.from({ length: ROUNDS }, () => {
    version += 1;
    return { problems: check(), names: complete() };
  });
}

/** Alphas of many methods, and other fields, as axes, and a `when` for each. */
function largeConfig(version: number): string {
  const methods = [
    'mixup',
    'cutmix',
    'resizemix',
    'fmix',
    'saliencymix',
    'puzzlemix',
    'manifoldmix',
    'alignmix',
  ];
  const fields = [
    ...[
      'maxEpochs',
      'batchSize',
      'schedule.warmupEpochs',
      'inputs.padding',
      'inputs.eraseCount',
      'inputs.repeats',
    ],
    ...['optimizer.lr', 'optimizer.momentum', 'optimizer.weightDecay', 'optimizer.eps', 'optimizer.clipNorm'],
    ...['loss.labelSmoothing', 'loss.targetThreshold', 'ema.decay', 'ema.warmupEpochs', 'ema.warmupFactor'],
    ...['schedule.minLr', 'schedule.warmupFactor', 'inputs.flip', 'inputs.erase', 'inputs.colorJitter'],
    ...['inputs.trainSize', 'inputs.testSize', 'inputs.testCropRatio', 'model.dropPath'],
  ];
  const varied = fields.slice(0, AXES - methods.length).map((path) => `  '${path}': vary(1, 2),`);
  const whens = Array.from({ length: AXES }, (_, index) => {
    const path = fields[index % fields.length]!;
    const set = [
      `'runtime.logEvery': ${index + 1}`,
      `backbone: 'resnet${index % 2 ? 34 : 101}'`,
      `mixMode: { alpha: 0.${index + 1} }`,
      `mixMode: mix.cutmix({ alpha: 0.${index + 1} })`,
    ];
    return `  .when({ '${path}': ${1 + (index % 2)} }, { ${set[index % set.length]} })`;
  });
  return `import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';
// ${version}
export default defineExperiment({
  name: 'large',
  recipe: recipes.cifar,
  backbone: vary('resnet18', 'resnet50'),
${varied.join('\n')}
  mixMode: vary(${methods.map((name) => `mix.${name}({ alpha: vary(0.2, 0.5, 1) })`).join(', ')}),
})
${whens.join('\n')};
`;
}
