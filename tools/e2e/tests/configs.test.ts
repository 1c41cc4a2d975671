import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadExperiments } from '@mixlab/authoring';
import { backbones, publishedTables } from '@mixlab/catalog';
import { type Plan, type PlannedRun, planExperiment } from '@mixlab/plan';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** Methods of the published tables that the library has. */
const METHODS = ['vanilla', 'mixup', 'cutmix', 'deit'];
const TABLES = ['imagenet/pytorch-style', 'tiny-imagenet', 'cifar10', 'cifar100'];

let plans: Map<string, Plan<unknown>>;

beforeAll(async () => {
  const { experiments, failures } = await loadExperiments({ home: root });
  expect(failures).toEqual([]);
  plans = new Map(
    experiments.map(({ file, sha256, experiment }) => {
      const plan = planExperiment(experiment, { source: { file, sha256 } });
      return [plan.experiment, plan];
    }),
  );
});

describe('the experiments of configs/', () => {
  it('have one run for each published cell of the methods that exist, with its alpha and statistic', () => {
    let cells = 0;
    for (const table of publishedTables.filter(({ experiment }) => TABLES.includes(experiment))) {
      const runs = [...(plans.get(table.experiment)?.runs() ?? [])];
      const epochs = Number(/last (\d+) epochs/.exec(table.statistic)?.[1]);
      for (const row of table.rows.filter(({ method }) => METHODS.includes(method))) {
        row.values.forEach((value, index) => {
          const column = table.columns[index];
          if (value === null || !column || !backbones.some(({ name }) => name === column.backbone)) return;
          cells += 1;
          const alpha = row.alphaFor?.[column.backbone] ?? row.alpha;
          const found = runs.filter(
            ({ axes }) =>
              axes['backbone'] === column.backbone &&
              axes['mixMode'] === row.method &&
              epochsOf(axes) === column.maxEpochs,
          );
          const where = `${table.experiment}: ${row.label}, ${column.label}, ${column.maxEpochs} epochs`;
          expect(found.map(alphas), where).toEqual([alpha]);
          expect(found[0]?.report, where).toEqual({ reducer: 'medianOfLast', epochs, metric: 'top1' });
        });
      }
    }
    expect(cells).toBe(28 + 6 + 24 + 27);
  });

  it('satisfy the training library, hashes included', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'configs-')), 'generated');
    const configs = [join(root, 'apps/cli/bin/mixlab.mjs'), 'configs', `--out=${out}`];
    await execa(process.execPath, configs, { cwd: root });
    const python = join(root, '.venv/bin/python');
    for (const [name, plan] of plans) {
      const file = join(out, name, 'plan.json');
      expect(existsSync(file)).toBe(true);
      const { exitCode, all } = await execa(python, ['-m', 'mixlab.train', '--check', file], {
        reject: false,
        all: true,
      });
      expect(exitCode, all).toBe(0);
      expect(all).toContain(String(plan.size));
    }
  });
});

function epochsOf(axes: PlannedRun<unknown>['axes']): unknown {
  return axes['maxEpochs'];
}

/** The alphas of a run's method, as a published row lists them. */
function alphas({ method }: PlannedRun<unknown>): unknown[] {
  return ['alpha', 'mixupAlpha', 'cutmixAlpha'].flatMap((key) => (key in method ? [method[key]] : []));
}
