import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadExperiments } from '@mixlab/authoring';
import { publishedTables } from '@mixlab/catalog';
import type { PublishedColumn, PublishedTable, RunConfig } from '@mixlab/catalog';
import type { PlanFile } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { type Plan, planFilePieces, type PlannedRun, planExperiment } from '@mixlab/plan';
import { readTable } from '@mixlab/results';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** Experiments that hold a table each. */
const TABLES = [
  'imagenet/pytorch-style',
  'imagenet/rsb',
  'imagenet/deit',
  'tiny-imagenet',
  'cifar10',
  'cifar100',
];

/** Published alphas that a method does not have: OpenMixup ignores SmoothMix's; what mixes tokens draws no lam. */
const WITHOUT_ALPHA: Readonly<Record<string, (alpha: readonly number[]) => readonly number[]>> = {
  smoothmix: () => [],
  tokenmix: ([ofMixUp]) => [ofMixUp ?? NaN],
  smmix: ([ofMixUp]) => [ofMixUp ?? NaN],
};

/** Whether OpenMixup averages weights for a cell, and so evaluates the average. */
function isAveraged(backbone: string, method: string): boolean {
  if (backbone === 'convnext_tiny') return method !== 'automix' && method !== 'samix';
  return (
    backbone === 'deit_base_patch16_224' || (backbone === 'deit_small_patch16_224' && method === 'transmix')
  );
}

/** `python -m mixlab.train --check` for one plan after the other, in one process. */
const CHECK = `
import sys
from mixlab.train.__main__ import main

sys.exit(max(main(["--check", plan]) for plan in sys.argv[1:]))
`;

let plans: Map<string, Plan<RunConfig>>;

beforeAll(async () => {
  const { experiments, failures } = await loadExperiments({ home: root });
  expect(failures).toEqual([]);
  plans = new Map(
    experiments.map(({ file, sha256, experiment }) => {
      const plan = planExperiment(experiment as ExperimentData<RunConfig>, { source: { file, sha256 } });
      return [plan.experiment, plan];
    }),
  );
});

describe('the experiments of configs/', () => {
  it('have exactly one run for each published cell, with its alpha and statistic', () => {
    const left = new Set(
      TABLES.flatMap((name) => [...(plans.get(name)?.runs() ?? [])].map(({ hash }) => hash)),
    );
    let cells = 0;
    for (const table of publishedTables.filter(({ experiment }) => TABLES.includes(experiment))) {
      const runs = [...(plans.get(table.experiment)?.runs() ?? [])];
      for (const row of table.rows) {
        row.values.forEach((value, index) => {
          const column = table.columns[index];
          if (value === null || !column) return;
          cells += 1;
          const found = runs.filter(
            ({ config }) =>
              config.backbone === column.backbone &&
              config.mixMode.name === row.method &&
              config.maxEpochs === column.maxEpochs,
          );
          const where = `${table.experiment}: ${row.label}, ${column.label}, ${column.maxEpochs} epochs`;
          const published = row.alphaFor?.[column.backbone] ?? row.alpha;
          const alpha = WITHOUT_ALPHA[row.method]?.(published) ?? published;
          expect(found.map(alphas), where).toEqual([alpha]);
          expect(found[0]?.report, where).toEqual(statistic(table, column, row.method));
          expect((found[0]?.config.ema.decay ?? 0) > 0, where).toBe(isAveraged(column.backbone, row.method));
          expect(found[0]?.trials, where).toBe(table.statistic.includes('3 trials') ? 3 : 1);
          left.delete(found[0]?.hash ?? '');
        });
      }
    }
    expect(cells).toBe(529);
    expect([...left], 'runs without a published cell').toEqual([]);
  });

  it('find each published figure by their plans, for tables and comparisons', () => {
    const published = TABLES.flatMap((name) => {
      const pieces = [...planFilePieces(plans.get(name)!)].map((piece) => Buffer.from(piece as Uint8Array));
      const plan = JSON.parse(Buffer.concat(pieces).toString()) as PlanFile;
      return readTable(plan, join(root, 'nothing/was/trained')).cells.flat();
    }).flatMap((cell) => cell?.published ?? []);
    const accuracies = publishedTables
      .filter(({ experiment }) => TABLES.includes(experiment))
      .flatMap(({ rows }) => rows.flatMap(({ values }) => values.filter((value) => value !== null)));
    const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
    expect(sorted(published)).toEqual(sorted(accuracies));
  });

  it("cut PuzzleMix's blocks as OpenMixup's configs do", () => {
    for (const name of TABLES) {
      const runs = [...(plans.get(name)?.runs() ?? [])].map(({ config }) => config);
      const puzzles = runs.map(({ mixMode }) => mixMode).filter((method) => method.name === 'puzzlemix');
      expect(puzzles.length, name).toBeGreaterThan(0);
      const cifar = name.startsWith('cifar');
      const blocks = { blockCounts: cifar ? [2, 4, 8, 16] : [2, 4, 8], transportSize: cifar ? 4 : null };
      for (const method of puzzles) expect(method, name).toMatchObject(blocks);
    }
  });

  it("change a transformer's recipe where OpenMixup's config of the method does", () => {
    const runs = [...(plans.get('imagenet/deit')?.runs() ?? [])].map(({ config }) => config);
    const found = (backbone: string, method: string) => {
      const config = runs.find((run) => run.backbone === backbone && run.mixMode.name === method);
      if (!config) throw new Error(`no run of ${method} on ${backbone}`);
      return config;
    };
    const teacher = { backbone: 'resnet50', weights: 'timm' };
    expect(found('deit_small_patch16_224', 'attentivemix').mixMode).toMatchObject({ teacher });
    expect(found('deit_tiny_patch16_224', 'transmix').optimizer.weightDecay).toBe(0.03);
    const transmix = found('deit_small_patch16_224', 'transmix');
    expect(transmix.schedule.minLr).toBe(1e-4);
    expect(transmix.ema).toEqual({ decay: 0.99996, warmupEpochs: 20, warmupFactor: 0.9 });
    for (const method of ['automix', 'samix']) {
      const pvt = found('pvt_tiny', method);
      expect([pvt.inputs.repeats, pvt.optimizer.clipNorm, pvt.runtime.gpuBatchSize]).toEqual([1, 5, 128]);
    }
    const cutmix = found('pvt_tiny', 'cutmix');
    expect([cutmix.inputs.repeats, cutmix.optimizer.clipNorm]).toEqual([3, null]);
  });

  it('satisfy the training library, hashes included', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'configs-')), 'generated');
    const configs = [join(root, 'apps/cli/bin/mixlab.mjs'), 'configs', `--out=${out}`];
    await execa(process.execPath, configs, { cwd: root });
    const files = [...plans.keys()].map((name) => join(out, name, 'plan.json'));
    const sizes = [...plans.values()].map(({ size }) => size);
    const python = join(root, '.venv/bin/python');
    const { exitCode, all } = await execa(python, ['-c', CHECK, ...files], { reject: false, all: true });
    expect(exitCode, all).toBe(0);
    expect(all.split('\n')).toEqual(files.map((file, i) => `${file}: ${sizes[i]} runs are good`));
  });
});

function statistic(
  { statistic }: PublishedTable,
  { backbone, maxEpochs }: PublishedColumn,
  method: string,
): unknown {
  if (statistic.includes('best')) {
    return { reducer: 'best', metric: isAveraged(backbone, method) ? 'top1_ema' : 'top1' };
  }
  const [short = '', long = short] = [...statistic.matchAll(/\b(5|10)\b/g)].map(([n]) => n);
  const epochs = statistic.includes('A3') && maxEpochs === 300 ? long : short;
  return { reducer: 'medianOfLast', epochs: Number(epochs), metric: 'top1' };
}

/** The alphas of a run's method, as a published row lists them. */
function alphas({ method }: PlannedRun<RunConfig>): unknown[] {
  return ['mixupAlpha', 'cutmixAlpha', 'alpha'].flatMap((key) => {
    const alpha = method[key];
    return alpha === undefined || alpha === null ? [] : [alpha];
  });
}
