import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planSchema } from '@mixlab/contracts';
import { tablesSchema } from '@mixlab/results';
import { describe, expect, it } from 'vitest';
import { hashes, names, planText, workspace, writeTrial } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const experiment = 'quickstart/digits';
const runs = `work_dirs/${experiment}`;

function finished(): Workspace {
  const made = workspace();
  made.write(`generated/${experiment}/plan.json`, planText(experiment));
  for (const method of ['vanilla', 'mixup'] as const) {
    for (const trial of [1, 2]) {
      writeTrial(made, runs, method, trial, [50, 60, 70, 80 + trial]);
      const provenance = {
        schemaVersion: 1,
        hash: hashes[method],
        attempt: 1,
        gitCommit: 'c0ffee'.padEnd(40, '0'),
        diffDigest: null,
        packages: { mixlab: '0.1.0', torch: trial === 1 || method === 'mixup' ? '2.13.0' : '2.11.0' },
        python: '3.11.7',
        platform: 'Linux-6.1',
        host: 'node7',
        cpus: 64,
        device: 'NVIDIA A100',
        gpus: 4,
        command: ['/my env/python', '-m', 'mixlab.train', join(made.home, `generated/${names[method]}.json`)],
        directory: '/home/me',
      };
      made.write(`${runs}/${names[method]}/trial${trial}/provenance.json`, JSON.stringify(provenance));
    }
  }
  return made;
}

describe('mixlab record', () => {
  it('freezes table, plan, numbers, hardware, versions and commands', async () => {
    const made = finished();
    const { exitCode, stdout, stderr } = await made.record({ experiment, name: 'digits' });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^docs\/results\/\d{4}-\d{2}-\d{2}-digits\n$/);
    const folder = join(made.home, stdout.trim());
    expect(readdirSync(folder).sort()).toEqual([
      'README.md',
      'curves.svg',
      'plan.json',
      'results.json',
      'table.csv',
      'table.tex',
    ]);
    const text = (file: string) => readFileSync(join(folder, file), 'utf8');
    expect(text('README.md')).toMatchInlineSnapshot(`
      "# Results of quickstart/digits

      **quickstart/digits**: top1 of the last epoch, mean ± sample std over 2 trials; resnet18, 4 epochs

      | method | top1 |
      | --- | ---: |
      | vanilla | 81.50 ± 0.71 |
      | mixup | 81.50 ± 0.71 |

      ![Learning curves](curves.svg)

      ## What was trained

      - 4 trials with a number, of 4 planned; 2 runs, engine mixlab
      - authored in \`configs/quickstart/digits.config.ts\` (SHA-256 \`0000000000000000000000000000000000000000000000000000000000000000\`)
      - again: \`npx mixlab configs --experiment=quickstart/digits\`, then \`npx mixlab run --experiment=quickstart/digits\`
      - one of them: \`'/my env/python' -m mixlab.train generated/r18-vanilla-ep4-1a1a1a1a.json\`

      ## On what

      | | |
      | --- | --- |
      | device | 4 × NVIDIA A100 |
      | host | node7 |
      | platform | Linux-6.1 |
      | python | 3.11.7 |
      | mixlab | 0.1.0 |
      | torch | 2.13.0 (3 trials); 2.11.0 (1 trial) |
      | code | c0ffee0000000000000000000000000000000000 |
      | time of all trials × processes | not told by the logs |

      ## Files

      - \`table.tex\`, \`table.csv\`: the table
      - \`results.json\`: every trial with its number in full
      - \`plan.json\`: every run, with the hash of all that was trained
      "
    `);
    expect(planSchema.parse(JSON.parse(text('plan.json'))).runs).toHaveLength(2);
    expect(tablesSchema.parse(JSON.parse(text('results.json'))).tables[0]?.cells[1]?.[0]?.mean).toBe(81.5);
    expect(text('table.tex')).toContain('\\toprule');
    expect(text('curves.svg')).toContain('</svg>');
  });

  it('refuses what is not finished, unless told to', async () => {
    const made = finished();
    writeTrial(made, runs, 'mixup', 2, [40, 50]);
    const refused = await made.record({ experiment });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain(`mixlab record: ${experiment}: 1 of 4 trials interrupted\n`);
    expect(readdirSync(made.home)).not.toContain('docs');

    const { exitCode, stdout } = await made.record({ experiment, unfinished: true });
    expect(exitCode).toBe(0);
    const readme = readFileSync(join(made.home, stdout.trim(), 'README.md'), 'utf8');
    expect(readme).toContain(`- ${names.mixup}: trial 2 (epoch 2 of 4)`);
    expect(readme).toContain('3 trials with a number, of 4 planned');
  });

  it('lists what it left out of the logs', async () => {
    const made = finished();
    writeTrial(made, runs, 'vanilla', 2, [50, 60, 70, Number.NaN]);
    const { stdout, stderr } = await made.record({ experiment });
    const warning = `${names.vanilla}, trial 2: top1 is not a number at epoch 4, left out`;
    expect(stderr).toContain(`warning: ${experiment}: ${warning}\n`);
    expect(readFileSync(join(made.home, stdout.trim(), 'README.md'), 'utf8')).toContain(
      `\n## Warnings\n\n- ${warning}\n`,
    );
  });

  it('has rows of what is published, if asked to, and says where nothing is', async () => {
    const made = workspace();
    const planned = planText('tiny-imagenet').replaceAll('"maxEpochs": 4', '"maxEpochs": 400');
    made.write('generated/tiny-imagenet/plan.json', planned);
    const typed = { experiment: 'tiny-imagenet', unfinished: true, published: true };
    const { stdout, stderr } = await made.record(typed);
    expect(stderr).toBe('');
    const text = (file: string) => readFileSync(join(made.home, stdout.trim(), file), 'utf8');
    expect(text('README.md')).toMatch(/\n\| vanilla, published \| \d\d\.\d\d \|\n/);
    expect(text('table.tex')).toMatch(/\n *vanilla, published & \d\d\.\d\d /);
    const none = await finished().record({ experiment, published: true });
    expect(none).toMatchObject({
      exitCode: 0,
      stderr: `warning: ${experiment}: nothing is published of its runs\n`,
    });
  });

  it('replaces a record only when it is told to, and the whole of it', async () => {
    const made = finished();
    const { stdout } = await made.record({ experiment, to: 'records' });
    const folder = join(made.home, stdout.trim());
    writeFileSync(join(folder, 'README.md'), 'mine');
    const refused = await made.record({ experiment, to: 'records' });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('is there already; --force replaces it');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('mine');

    mkdirSync(join(folder, 'old-notes'));
    expect(await made.record({ experiment, to: 'records', force: true })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('# Results of quickstart/digits');
    expect(readdirSync(folder)).not.toContain('old-notes');
    expect(readdirSync(join(made.home, 'records'))).toHaveLength(1);
  });

  it('names the nearest plan', async () => {
    const { exitCode, stderr } = await finished().record({ experiment: 'quickstart/digit' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Did you mean quickstart/digits?');
  });
});
