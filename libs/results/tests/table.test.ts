import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import type { PlanRun } from '@mixlab/contracts';
import { readTable, renderTables, tableFormats, tablesSchema } from '@mixlab/results';
import type { ReadTableOptions, Table } from '@mixlab/results';
import { describe, expect, it } from 'vitest';
import {
  attemptLines,
  hashOf,
  planOf,
  planRun,
  processFields,
  statusText,
  temporaryFolder,
  writeTrial,
} from './run-directories.ts';

/** Ten epochs that end on `last`, one percent an epoch. */
const climb = (last: number, epochs = 10) =>
  attemptLines(
    1,
    Object.fromEntries(Array.from({ length: epochs }, (_, i) => [i + 1, last - (epochs - 1 - i)])),
  );

function run(method: string, backbone: string, changes: Partial<PlanRun> & { alpha?: number } = {}): PlanRun {
  const { alpha, ...rest } = changes;
  const digits = [...`${method}${backbone}${alpha ?? ''}`].reduce(
    (sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0,
    7,
  );
  const hash = hashOf(digits.toString(16).padStart(8, '0'));
  const name = `${backbone}-${method}-ep10${alpha === undefined ? '' : `-a${alpha}`}-${hash.slice(0, 8)}`;
  return planRun(name, hash, {
    axes: { mixMode: method, backbone, maxEpochs: 10 },
    method: alpha === undefined ? {} : { alpha },
    ...rest,
  });
}

const completed = (folder: string, of: PlanRun, ...lasts: number[]) =>
  lasts.forEach((last, index) =>
    writeTrial(folder, of.name, index + 1, { status: statusText(of.hash), log: climb(last) }),
  );

/** A grid in which every kind of cell stands once. */
function mixedFolder() {
  const runs = {
    vanilla18: run('vanilla', 'resnet18'),
    vanilla50: run('vanilla', 'resnext50_32x4d'),
    mixup18: run('mixup', 'resnet18', { alpha: 0.2 }),
    mixup50: run('mixup', 'resnext50_32x4d', { alpha: 0.2 }),
    cutmix18: run('cutmix', 'resnet18', { alpha: 0.2 }),
    cutmix50: run('cutmix', 'resnext50_32x4d', { alpha: 1 }),
    deit18: run('deit', 'resnet18'),
  };
  const folder = temporaryFolder();
  const write = (of: PlanRun, trial: number, state: string, epoch: number, more = {}) =>
    writeTrial(folder, of.name, trial, {
      status: statusText(of.hash, { state, epoch, ...more }),
      log: climb(60, Math.max(epoch, 1)),
    });
  completed(folder, runs.vanilla18, 70, 70.55);
  completed(folder, runs.vanilla50, 76.125);
  write(runs.vanilla50, 2, 'running', 4, processFields(process.pid));
  write(runs.mixup18, 1, 'running', 6, processFields(process.pid));
  write(runs.mixup50, 1, 'failed', 3, { error: 'CUDA out of memory: 100% & more\ntraceback' });
  write(runs.mixup50, 2, 'cancelled', 2);
  write(runs.cutmix18, 1, 'interrupted', 5);
  write(runs.cutmix18, 2, 'running', 5, { ...processFields(process.pid), pidStart: 1 });
  writeTrial(folder, runs.deit18.name, 1, { status: statusText(runs.deit18.hash) });
  return { plan: planOf(Object.values(runs)), folder };
}

const labels = ({ rows, columns }: Table) => ({
  rows: rows.map(({ label }) => label),
  columns: columns.map(({ label }) => label),
});
const numbers = ({ cells }: Table) =>
  cells.map((row) => row.map((cell) => cell && [cell.mean, cell.std, cell.n]));

function tableOf(
  runs: readonly PlanRun[],
  folder = temporaryFolder(),
  options: ReadTableOptions = {},
): Table {
  return readTable(planOf(runs), folder, options);
}

describe('every kind of cell', () => {
  it.each(tableFormats)('as %s', async (format) => {
    const { plan, folder } = mixedFolder();
    await expect(renderTables([readTable(plan, folder)], format)).toMatchFileSnapshot(
      `golden/mixed.${format}.txt`,
    );
  });

  it.each(tableFormats)('compared at the last epoch that all have, as %s', async (format) => {
    const { plan, folder } = mixedFolder();
    const table = readTable(plan, folder, { atEpoch: 'common' });
    await expect(renderTables([table], format)).toMatchFileSnapshot(`golden/common.${format}.txt`);
  });

  it('the JSON is what its schema describes, with every number in full', () => {
    const { plan, folder } = mixedFolder();
    const { tables } = tablesSchema.parse(JSON.parse(renderTables([readTable(plan, folder)], 'json')));
    const cell = tables[0]?.cells[0]?.[0];
    expect(cell).toMatchObject({ mean: (69 + 69.55) / 2, n: 2, planned: 2 });
    expect(cell?.std).toBeCloseTo(0.55 / Math.SQRT2, 12);
  });
});

describe('beside what is published', () => {
  /** Cells that are done, running, cancelled and missing, all of them published but for one, and one of another alpha. */
  function publishedFolder() {
    const of = (mixMode: string, backbone: string, alpha?: number) =>
      run(mixMode, backbone, {
        ...(alpha === undefined ? {} : { alpha }),
        axes: { mixMode, backbone, maxEpochs: 100 },
        report: { reducer: 'last', metric: 'top1' },
      });
    const folder = temporaryFolder();
    const write = (of: PlanRun, state: string, epoch: number, more = {}) =>
      writeTrial(folder, of.name, 1, {
        status: statusText(of.hash, { state, epoch, maxEpochs: 100, ...more }),
        log: attemptLines(1, { [epoch]: 70.5 }),
      });
    const runs = ['resnet18', 'resnet34'].flatMap((backbone) => [
      of('vanilla', backbone),
      of('mixup', backbone, backbone === 'resnet18' ? 0.2 : 1),
      of('resizemix', backbone, 1),
      of('alignmix', backbone, 2),
    ]);
    const [vanilla, mixup, resizemix] = runs;
    write(vanilla!, 'completed', 100);
    write(mixup!, 'running', 40, processFields(process.pid));
    write(resizemix!, 'cancelled', 30);
    return { plan: planOf(runs), folder };
  }

  it.each(tableFormats)('a row under each row, as %s', async (format) => {
    const { plan, folder } = publishedFolder();
    const text = renderTables([readTable(plan, folder)], format, { published: true });
    await expect(text).toMatchFileSnapshot(`golden/published.${format}.txt`);
  });

  it('what CSV and JSON hold does not depend on being asked', () => {
    const { plan, folder } = publishedFolder();
    const table = readTable(plan, folder);
    for (const format of ['csv', 'json'] as const)
      expect(renderTables([table], format)).toBe(renderTables([table], format, { published: true }));
    expect(renderTables([table], 'md')).not.toMatch(/published:|, published/);
  });

  it('figures are of top-1, and of the experiment', () => {
    const { plan, folder } = publishedFolder();
    const top5 = readTable(plan, folder, { report: (report) => ({ ...report, metric: 'top5' }) });
    for (const table of [top5, readTable({ ...plan, experiment: 'mine' }, folder)]) {
      expect(table.published).toEqual([]);
      expect(table.cells.flat().every((cell) => cell?.published === null)).toBe(true);
    }
  });
});

describe('rows and columns', () => {
  it('one axis for the rows, a single column named by its metric', () => {
    const table = tableOf([run('vanilla', 'resnet18'), run('mixup', 'resnet18', { alpha: 1 })]);
    expect(labels(table)).toEqual({ rows: ['vanilla', 'mixup'], columns: [''] });
    expect(table.constants).toEqual({ backbone: 'resnet18', maxEpochs: 10 });
    expect(renderTables([table], 'md')).toContain('| method | top1 |');
  });

  it('a parameter that varies within a method makes rows, one that follows from the column does not', () => {
    const table = tableOf([
      run('mixup', 'resnet18', { alpha: 0.2 }),
      run('mixup', 'resnet18', { alpha: 1 }),
      run('cutmix', 'resnet18', { alpha: 0.2 }),
      run('mixup', 'resnet50', { alpha: 0.2 }),
      run('mixup', 'resnet50', { alpha: 1 }),
      run('cutmix', 'resnet50', { alpha: 1 }),
    ]);
    expect(labels(table)).toEqual({
      rows: ['mixup α=0.2', 'mixup α=1', 'cutmix'],
      columns: ['resnet18', 'resnet50'],
    });
  });

  it('an axis within the method is no column', () => {
    const axes = (alpha: number) => ({ mixMode: 'mixup', 'mixMode.alpha': alpha, backbone: 'resnet18' });
    const table = tableOf([0.2, 1].map((alpha) => run('mixup', 'resnet18', { alpha, axes: axes(alpha) })));
    expect(labels(table)).toEqual({ rows: ['mixup α=0.2', 'mixup α=1'], columns: [''] });
  });

  it('nested parameters are told apart by their paths', () => {
    const mixture = (alpha: number) => ({
      name: 'oneOf',
      choices: [
        { method: { name: 'mixup', alpha }, probability: 0.5 },
        { method: { name: 'vanilla' }, probability: 0.5 },
      ],
    });
    const table = tableOf(
      [0.2, 1].map((alpha) => run('oneOf', 'resnet18', { alpha, method: mixture(alpha) })),
    );
    expect(labels(table).rows).toEqual(['oneOf choices.0.method.α=0.2', 'oneOf choices.0.method.α=1']);
  });

  it('columns follow the order of each axis in the plan, whatever is excluded', () => {
    const of = (backbone: string, maxEpochs: number) =>
      run('vanilla', `${backbone}${maxEpochs}`, { axes: { mixMode: 'vanilla', backbone, maxEpochs } });
    const table = tableOf([
      of('resnet18', 100),
      of('resnet34', 100),
      of('resnet34', 300),
      of('resnet18', 300),
    ]);
    expect(labels(table).columns).toEqual([
      'resnet18, 100 epochs',
      'resnet18, 300 epochs',
      'resnet34, 100 epochs',
      'resnet34, 300 epochs',
    ]);
  });

  it('rules that differ between columns stand in the caption with their columns', () => {
    const of = (maxEpochs: number, epochs: number) =>
      run('vanilla', `r${maxEpochs}`, {
        axes: { mixMode: 'vanilla', maxEpochs },
        report: { reducer: 'medianOfLast', epochs, metric: 'top1' },
      });
    expect(renderTables([tableOf([of(100, 5), of(300, 10)])], 'md')).toContain(
      'median of top1 over the last 5 epochs (100 epochs), median of top1 over the last 10 epochs (300 epochs), mean',
    );
  });

  it('an engine with other names: what varies first is the row', () => {
    const of = (mode: string, lr: number) =>
      run(mode, `${lr}`, { axes: { 'model.depth': 18, 'model.mix_mode': mode, lr }, method: {} });
    const table = tableOf([of('mixup', 0.1), of('cutmix', 0.1), of('mixup', 0.2), of('cutmix', 0.2)]);
    expect(table.rowAxis).toBe('model.mix_mode');
    expect(labels(table)).toEqual({ rows: ['mixup', 'cutmix'], columns: ['lr=0.1', 'lr=0.2'] });
  });

  it('runs that nothing tells apart still have a row each', () => {
    const hidden = ['a', 'b'].map((backbone) => run('vanilla', backbone, { axes: { mixMode: 'vanilla' } }));
    expect(labels(tableOf(hidden)).rows).toEqual(['vanilla', 'vanilla #2']);
  });

  describe('that were asked for', () => {
    const grid = ['resnet18', 'resnet50'].flatMap((backbone) =>
      [100, 300].flatMap((maxEpochs) =>
        ['vanilla', 'mixup'].map((mixMode) =>
          run(mixMode, `${backbone}${maxEpochs}`, { axes: { mixMode, backbone, maxEpochs } }),
        ),
      ),
    );
    const arranged = (arrangement: ReadTableOptions['arrangement']) =>
      labels(tableOf(grid, undefined, { arrangement }));

    it('backbones by methods', () => {
      expect(arranged({ rows: ['backbone'], columns: ['mixMode'] })).toEqual({
        rows: [
          'resnet18, 100 epochs',
          'resnet18, 300 epochs',
          'resnet50, 100 epochs',
          'resnet50, 300 epochs',
        ],
        columns: ['vanilla', 'mixup'],
      });
    });

    it('epochs by all the rest', () => {
      const { rows, columns } = arranged({ rows: ['maxEpochs'] });
      expect(rows).toEqual(['100', '300']);
      expect(columns).toEqual([
        'vanilla, resnet18',
        'vanilla, resnet50',
        'mixup, resnet18',
        'mixup, resnet50',
      ]);
    });

    it('several axes for the rows', () => {
      const { rows, columns } = arranged({ rows: ['mixMode', 'maxEpochs'] });
      expect(rows).toEqual([
        'vanilla, 100 epochs',
        'mixup, 100 epochs',
        'vanilla, 300 epochs',
        'mixup, 300 epochs',
      ]);
      expect(columns).toEqual(['resnet18', 'resnet50']);
    });

    it('columns alone: the methods stay rows, with what else varies', () => {
      expect(arranged({ columns: ['backbone'] }).rows).toContain('mixup, 300 epochs');
      expect(arranged({ columns: ['mixMode'] }).rows).toContain('resnet18, 300 epochs');
    });

    it('every run has a place, whatever was asked for', () => {
      for (const rows of [undefined, ['mixMode'], ['backbone'], ['maxEpochs', 'backbone']])
        for (const columns of [undefined, ['mixMode'], ['backbone'], ['backbone', 'maxEpochs']]) {
          if (rows?.some((axis) => columns?.includes(axis))) continue;
          const { cells } = tableOf(grid, undefined, { arrangement: { rows, columns } });
          expect(cells.flat().filter((cell) => cell !== null)).toHaveLength(grid.length);
        }
    });
  });

  it('methods have the marks of their published figures', () => {
    const methods = ['mixup', 'resizemix', 'alignmix'].map((method) => run(method, 'resnet18'));
    expect(labels(tableOf(methods)).rows).toEqual(['mixup', 'resizemix*', 'alignmix📖']);
    expect(labels(readTable(planOf(methods, 'mine'), temporaryFolder())).rows).toEqual([
      'mixup',
      'resizemix',
      'alignmix',
    ]);
    expect(renderTables([tableOf(methods)], 'latex')).toContain('alignmix\\textsuperscript{o} &');
    const turned = { arrangement: { rows: ['backbone'], columns: ['mixMode'] } };
    const table = tableOf(methods, undefined, turned);
    expect(labels(table).columns).toEqual(['mixup', 'resizemix*', 'alignmix📖']);
    expect(renderTables([table], 'terminal')).toContain(
      "* published as a preprint, reproduced by OpenMixup; 📖 published by the method's own code\n",
    );
  });

  it('another reducer and another field of the log', () => {
    const folder = temporaryFolder();
    const one = run('vanilla', 'resnet18', { trials: 1 });
    completed(folder, one, 70);
    const of = (report: ReadTableOptions['report']) => numbers(tableOf([one], folder, { report }));
    expect(of((report) => ({ ...report, metric: 'top5' }))).toEqual([[[99.5, null, 1]]]);
    expect(of(() => ({ reducer: 'last', metric: 'top1' }))).toEqual([[[70, null, 1]]]);
  });

  it('LaTeX: of each column the best bold, the second underlined, equal ones alike', () => {
    const folder = temporaryFolder();
    const four = ['vanilla', 'mixup', 'cutmix', 'fmix'].map((method) =>
      run(method, 'resnet18', { trials: 1 }),
    );
    [70, 72, 71, 72.001].forEach((last, index) => completed(folder, four[index]!, last));
    const text = renderTables([tableOf(four, folder)], 'latex');
    expect(text.match(/(?<=& ).*(?= \\\\)/g)).toEqual([
      'top1',
      '69.00',
      '\\textbf{71.00}',
      '\\underline{70.00}',
      '\\textbf{71.00}',
    ]);
  });

  const hasTex = execaSync('kpsewhich', ['booktabs.sty'], { reject: false }).exitCode === 0;
  it.skipIf(!hasTex)(
    'LaTeX: a TeX, where there is one with booktabs, compiles every kind of table',
    async () => {
      const folder = temporaryFolder();
      const tables = ['mixed', 'common', 'published', 'odd-names'].map((name) =>
        readFileSync(new URL(`golden/${name}.latex.txt`, import.meta.url), 'utf8'),
      );
      const lines = ['\\documentclass{article}', '\\usepackage{booktabs}', '\\begin{document}', ...tables];
      writeFileSync(join(folder, 'tables.tex'), [...lines, '\\end{document}', ''].join('\n'));
      const typed = ['-interaction=nonstopmode', '-halt-on-error', 'tables.tex'];
      const { exitCode, stdout } = await execa('pdflatex', typed, { cwd: folder, reject: false });
      expect(exitCode, stdout).toBe(0);
      expect(existsSync(join(folder, 'tables.pdf'))).toBe(true);
    },
    60_000,
  );

  it('a plan without runs is an empty table in every format', () => {
    for (const format of tableFormats) expect(renderTables([tableOf([])], format)).toBeTypeOf('string');
  });
});

describe('what counts', () => {
  const one = run('vanilla', 'resnet18');

  it('only completed trials, unless an epoch is named', () => {
    const folder = temporaryFolder();
    completed(folder, one, 70);
    writeTrial(folder, one.name, 2, {
      status: statusText(one.hash, { state: 'interrupted', epoch: 9 }),
      log: climb(90, 9),
    });
    expect(numbers(tableOf([one], folder))).toEqual([[[69, null, 1]]]);
    expect(numbers(tableOf([one], folder, { atEpoch: 9 }))).toEqual([[[(68 + 89) / 2, 21 / Math.SQRT2, 2]]]);
    expect(numbers(tableOf([one], folder, { atEpoch: 'common' }))).toEqual([
      [[(68 + 89) / 2, 21 / Math.SQRT2, 2]],
    ]);
    expect(numbers(tableOf([one], folder, { atEpoch: 11 }))).toEqual([[[null, null, 0]]]);
  });

  it('not a status that claims more than was trained', () => {
    const folder = temporaryFolder();
    writeTrial(folder, one.name, 1, { status: statusText(one.hash, { epoch: 2 }), log: climb(70, 2) });
    const table = tableOf([{ ...one, report: { reducer: 'best', metric: 'top1' } }], folder);
    expect(numbers(table)).toEqual([[[null, null, 0]]]);
    expect(table.warnings).toEqual([`${one.name}, trial 1: completed after 2 of 10 epochs, left out`]);
  });

  it('not epochs that a restarted attempt is yet to repeat, even before it has logged one', () => {
    const folder = temporaryFolder();
    const log = climb(70, 8) + attemptLines(2, {});
    writeTrial(folder, one.name, 1, {
      log,
      status: statusText(one.hash, { state: 'failed', attempt: 2, epoch: 3 }),
    });
    expect(tableOf([one], folder, { atEpoch: 'common' })).toMatchObject({ atEpoch: 4, warnings: [] });
    expect(tableOf([one], folder, { atEpoch: 5 }).cells[0]?.[0]?.n).toBe(0);
  });

  it('a damaged log counts as far as it can be trusted, with a warning', () => {
    const folder = temporaryFolder();
    const log = `${climb(70).replace('"top1": 69,', '"top1": NaN,')}garbage\n{"mode": "va`;
    writeTrial(folder, one.name, 1, { status: statusText(one.hash), log });
    const table = tableOf([one], folder);
    expect(numbers(table)).toEqual([[[69, null, 1]]]);
    expect(table.warnings).toEqual([
      `${one.name}, trial 1: log.jsonl: 1 line not JSON, left out (line 32)`,
      `${one.name}, trial 1: log.jsonl: 1 line cut off at the end of the file, left out (line 33)`,
      `${one.name}, trial 1: top1 is not a number at epoch 9, left out`,
      `${one.name}, trial 1: 1 of the last 3 epochs up to 10 have no top1`,
    ]);
  });

  it('a half-written last line of a running training is no trouble', () => {
    const folder = temporaryFolder();
    const status = statusText(one.hash, { state: 'running', ...processFields(process.pid) });
    writeTrial(folder, one.name, 1, { status, log: `${climb(70, 4)}{"mode": "tr` });
    expect(tableOf([one], folder).warnings).toEqual([]);
  });

  it('a completed trial whose log is gone has no value', () => {
    const folder = temporaryFolder();
    writeTrial(folder, one.name, 1, { status: statusText(one.hash) });
    const table = tableOf([one], folder);
    expect(renderTables([table], 'md')).toContain('1 of 2 trials completed without a value');
    expect(table.warnings).toEqual([
      `${one.name}, trial 1: there is no log`,
      `${one.name}, trial 1: no top1 in the epochs that count`,
    ]);
  });

  it('trials beyond the plan are named and left out', () => {
    const folder = temporaryFolder();
    completed(folder, one, 70, 71, 99);
    const table = tableOf([one], folder);
    expect(numbers(table)).toEqual([[[69.5, Math.sqrt(0.5), 2]]]);
    expect(table.warnings).toEqual([`${one.name}: trial 3 left out: the plan has 2`]);
  });

  it('no common epoch: said so', () => {
    const folder = temporaryFolder();
    const status = statusText(one.hash, { state: 'failed' });
    writeTrial(folder, one.name, 1, { status, log: attemptLines(1, { 2: 50 }) });
    writeTrial(folder, one.name, 2, { status, log: attemptLines(1, { 3: 50 }) });
    const table = tableOf([one], folder, { atEpoch: 'common' });
    expect(table.atEpoch).toBeNull();
    expect(table.warnings).toEqual([
      'no epoch was evaluated by every trial: completed trials alone are shown',
    ]);
  });
});

describe('batch norm over different numbers of images', () => {
  const [vanilla, mixup] = [run('vanilla', 'resnet18'), run('mixup', 'resnet18', { alpha: 0.2 })];
  const log = (...attempts: (number | null)[]) =>
    attempts
      .map((batchNormImages, index) =>
        attemptLines(index + 1, index + 1 < attempts.length ? { 1: 50 } : { 10: 70 }).replace(
          '"torch"',
          `"ranks": 4, "passes": 1, "imagesPerPass": 64, "batchNormImages": ${batchNormImages}, "torch"`,
        ),
      )
      .join('');
  const withReport = (of: PlanRun): PlanRun => ({ ...of, report: { reducer: 'last', metric: 'top1' } });
  const warningsOf = (logs: Record<string, string[]>, ...runs: PlanRun[]) => {
    const folder = temporaryFolder();
    for (const of of runs)
      logs[of.name]?.forEach((text, index) =>
        writeTrial(folder, of.name, index + 1, { status: statusText(of.hash), log: text }),
      );
    return tableOf(runs.map(withReport), folder).warnings;
  };

  it('is a warning with the runs, for cells of one column', () => {
    const logs = { [vanilla.name]: [log(64), log(64)], [mixup.name]: [log(64), log(256)] };
    const said = `batch norm saw different numbers of images at once: 64 (${vanilla.name}, ${mixup.name}); 256 (${mixup.name})`;
    expect(warningsOf(logs, vanilla, mixup)).toEqual([said]);
    expect(warningsOf(logs, vanilla, mixup, run('vanilla', 'resnet50'))).toEqual([`resnet18: ${said}`]);
  });

  it('also within one training that went on with another number of GPUs', () => {
    expect(warningsOf({ [vanilla.name]: [log(64, 64, 32)] }, vanilla)).toEqual([
      `batch norm saw different numbers of images at once: 64, then 32 (${vanilla.name})`,
    ]);
  });

  it.each([
    ['the same everywhere', { [vanilla.name]: [log(64)], [mixup.name]: [log(64)] }],
    ['no batch norm', { [vanilla.name]: [log(null)], [mixup.name]: [log(null)] }],
    ['an older trainer', { [vanilla.name]: [log(64)], [mixup.name]: [climb(70)] }],
  ])('not with %s', (_, logs) => {
    expect(warningsOf(logs, vanilla, mixup)).toEqual([]);
  });

  it('nor across columns, whose networks are not compared', () => {
    const other = run('vanilla', 'resnext50_32x4d');
    expect(warningsOf({ [vanilla.name]: [log(64)], [other.name]: [log(32)] }, vanilla, other)).toEqual([]);
  });
});

describe('texts that the formats could take for their own', () => {
  const method = 'a|b,"c"_%\\{}\n$&#~^';
  const odd = run('vanilla', 'resnet18', { axes: { mixMode: method, backbone: '*<i>`' } });
  const other = run('vanilla', 'resnet50', { axes: { mixMode: method, backbone: 'x' } });
  const opening = ['[100,200]', '*'].map((mixMode) =>
    run(mixMode, 'resnet18', { axes: { mixMode, backbone: 'x' } }),
  );

  it.each(['md', 'latex', 'csv'] as const)('%s', async (format) => {
    await expect(renderTables([tableOf([...opening, odd, other])], format)).toMatchFileSnapshot(
      `golden/odd-names.${format}.txt`,
    );
  });
});
