import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashes, names, planText, workspace, writeTrial } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const experiment = 'quickstart/digits';

/** Two vanilla trials are done; the one of mixup is at epoch 2. */
function trained(): Workspace {
  const made = workspace();
  made.write(`generated/${experiment}/plan.json`, planText(experiment));
  writeTrial(made, `work_dirs/${experiment}`, 'vanilla', 1, [50, 60, 70, 80]);
  writeTrial(made, `work_dirs/${experiment}`, 'vanilla', 2, [54, 64, 74, 84]);
  writeTrial(made, `work_dirs/${experiment}`, 'mixup', 1, [40, 90]);
  return made;
}

function svgOf({ home }: Workspace, kind: string, folder = 'plots'): string {
  return readFileSync(join(home, folder, experiment, `${kind}.svg`), 'utf8');
}

describe('mixlab plot', () => {
  it('draws every kind that there is something for, and says what it wrote', async () => {
    const made = trained();
    expect(await made.plot()).toEqual({
      exitCode: 0,
      stdout: `plots/${experiment}/curves.svg\nplots/${experiment}/length.svg\nplots/${experiment}/bars.svg\n`,
      stderr: '',
    });
    const svg = svgOf(made, 'curves');
    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*>\n<title>quickstart\/digits<\/title>/);
    expect(svg).toContain(
      'top1 after each epoch, mean ± sample std over 2 trials; resnet18, 4 epochs. top1 (%) by epochs.\n' +
        'vanilla 82.00 ± 2.83 at 4; mixup 90.00 at 2.',
    );
    expect(svgOf(made, 'bars')).toContain('vanilla 82.00 ± 2.83 at resnet18.');
    // A line of four points that rises by equal steps, and its band.
    const [line] = svg.matchAll(/<path d="M([^"]+)" fill="none"[^>]* stroke="#0072b2" stroke-width="2"/g);
    const points = line![1]!.split('L').map((point) => point.split(' ').map(Number));
    const steps = points.slice(1).map(([x, y], index) => [x! - points[index]![0]!, points[index]![1]! - y!]);
    expect(points).toHaveLength(4);
    for (const [right, up] of steps) {
      expect(right).toBeCloseTo(steps[0]![0]!, 0);
      expect(up).toBeGreaterThan(20);
      expect(up).toBeCloseTo(steps[0]![1]!, 0);
    }
    expect(svg).toContain('fill-opacity="0.18"');
  });

  it('draws a PNG with letters, whatever fonts the machine has', async () => {
    const made = trained();
    const { stdout } = await made.plot({ kind: ['bars'], format: ['png'], theme: 'dark', to: 'figures' });
    expect(stdout).toBe(`figures/${experiment}/bars.png\n`);
    const png = readFileSync(join(made.home, 'figures', experiment, 'bars.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // Twice the size of the drawing.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1280, 780]);
    // Without letters and bars it would be a tenth of that.
    expect(png.length).toBeGreaterThan(15_000);
    expect(readdirSync(join(made.home, 'figures', experiment))).toEqual(['bars.png']);
  });

  it('ends a mean with the shortest of its trials, and says so', async () => {
    const made = trained();
    writeTrial(made, `work_dirs/${experiment}`, 'mixup', 2, [44, 80, 85]);
    const { stderr } = await made.plot({ kind: ['curves'] });
    expect(stderr).toBe(
      'warning: curves: r18-mixup-ep4-a1-2b2b2b2b: trials are not equally far, drawn up to epoch 2\n',
    );
    expect(svgOf(made, 'curves')).toContain('mixup 85.00 ± 7.07 at 2');
  });

  it('draws a parameter that varies', async () => {
    const made = trained();
    const plan = JSON.parse(planText(experiment));
    const [, mixup] = plan.runs;
    const other = { ...mixup, hash: '3c'.repeat(32), method: { alpha: 4 } };
    made.write(`generated/${experiment}/plan.json`, JSON.stringify({ ...plan, runs: [...plan.runs, other] }));
    writeTrial(made, `work_dirs/${experiment}`, 'mixup', 1, [40, 50, 60, 70]);
    const status = readFileSync(
      join(made.home, `work_dirs/${experiment}/${mixup.name}/trial1/status.json`),
      'utf8',
    );
    made.write(
      `work_dirs/${experiment}/other/trial1/status.json`,
      status.replaceAll(hashes.mixup, other.hash),
    );
    made.write(
      `work_dirs/${experiment}/other/trial1/log.jsonl`,
      `${JSON.stringify({ mode: 'val', epoch: 4, step: 9, attempt: 1, top1: 75 })}\n`,
    );
    await made.plot({ kind: ['sensitivity'] });
    expect(svgOf(made, 'sensitivity')).toContain('top1 (%) by α.\nmixup 70.00 at 1, 75.00 at 4.');
  });

  it.each([
    [
      { kind: ['sensitivity'] },
      `mixlab plot: ${experiment}: nothing to draw for sensitivity of mixMode.alpha: no completed runs`,
    ],
    [{ metric: 'top9' }, 'no log of quickstart/digits has top9; there are top1. Did you mean top1?'],
  ])('says why there is nothing to draw for %j', async (typed, problem) => {
    const made = trained();
    const { exitCode, stdout, stderr } = await made.plot(typed);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(problem);
    expect(readdirSync(made.home)).not.toContain('plots');
  });

  it.each(['curves', 'length'])('%s by GPU-hours: it says that logs do not tell them', async (kind) => {
    const { exitCode, stderr } = await trained().plot({ kind: [kind], x: 'gpu-hours' });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `mixlab plot: ${experiment}: nothing to draw for ${kind}: the logs do not tell how long it took\n`,
    );
  });

  it('draws numbers of tests, which have no curve', async () => {
    const made = trained();
    const line = { mode: 'test', hash: hashes.vanilla, checkpoint: 'last.pt', weights: 'model', epoch: 4 };
    for (const trial of [1, 2])
      made.write(
        `work_dirs/${experiment}/${names.vanilla}/trial${trial}/test.jsonl`,
        `${JSON.stringify({ ...line, top1: 70 + trial, top5: 99, loss: 1, images: 10 })}\n`,
      );
    expect(await made.plot({ metric: 'test.top1' })).toEqual({
      exitCode: 0,
      stdout: `plots/${experiment}/length.svg\nplots/${experiment}/bars.svg\n`,
      stderr: '',
    });
    const svg = svgOf(made, 'bars');
    expect(svg).toContain(
      'test.top1, of the newest mixlab.test of each trial, mean ± sample std over 2 trials',
    );
    expect(svg).toContain('test.top1 (%) by .\nvanilla 71.50 ± 0.71 at resnet18.');
    const { exitCode, stderr } = await made.plot({ metric: 'test.top1', kind: ['curves'] });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `mixlab plot: ${experiment}: nothing to draw for curves: a test has one number, and no curve\n`,
    });
  });

  it('warns of what it left out of the logs, as the table does', async () => {
    const made = trained();
    writeTrial(made, `work_dirs/${experiment}`, 'vanilla', 2, [54, 64, Number.NaN, 84]);
    const log = `work_dirs/${experiment}/${names.vanilla}/trial1/log.jsonl`;
    made.write(log, `garbage\n${readFileSync(join(made.home, log), 'utf8')}`);
    const { stderr } = await made.plot({ kind: ['bars'] });
    expect(stderr).toBe((await made.table()).stderr);
    expect(stderr).toContain('log.jsonl: 1 line not JSON, left out (line 1)');
    expect(stderr).toContain('top1 is not a number at epoch 3, left out');
  });
});
