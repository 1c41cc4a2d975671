import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summarizeCommand } from '@mixlab/reporter';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';

/** Logs and what OpenMixup's own tools printed of them; most lines of training were taken out of the logs. */
const fixtures = fileURLToPath(new URL('fixtures/openmixup', import.meta.url));
const outputs = readdirSync(join(fixtures, 'outputs')).sort();

/** `summarize('find_automix_val_median', 'logs', '30', '5')`. */
async function summarize(like: string, path: string, ...rest: string[]) {
  return summarizeIn(fixtures, like, path, ...rest);
}

async function summarizeIn(cwd: string, like: string, path: string, ...rest: string[]) {
  return summarizeAs({}, cwd, like, path, ...rest);
}

async function summarizeAs(
  flags: { json?: boolean | string },
  cwd: string,
  like: string,
  path: string,
  ...rest: string[]
) {
  let stdout = '';
  let stderr = '';
  const exitCode = await summarizeCommand.run(
    summarizeCommand.options.parse({ like, path, rest, ...flags }),
    {
      ...{ home: cwd, cwd, isTty: false },
      stdout: (text) => (stdout += text),
      stderr: (text) => (stderr += text),
    },
  );
  return { exitCode, stdout, stderr };
}

/** A folder of its own with the logs of `exp01_mixup_ep30` in `exp`. */
function copyOfOne() {
  const home = mkdtempSync(join(tmpdir(), 'mixlab summary '));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  cpSync(join(fixtures, 'inputs/A_cls/exp01_mixup_ep30'), join(home, 'logs/exp'), { recursive: true });
  const file = (index: number) => join(home, `logs/exp/2026010${index}_00000${index - 1}.log.json`);
  return { home, file };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const untilTraceback = ['06_max3_onefile.txt', '10_max3_blankline.txt', '23_reg_onefile.txt'];

describe('what the originals print, line for line', () => {
  it.each(outputs.filter((name) => !untilTraceback.includes(name)))('%s', async (name) => {
    const [command = '', ...printed] = readFileSync(join(fixtures, 'outputs', name), 'utf8').split('\n');
    const [like = '', path = '', ...rest] = command.replace('$ python tools/summary/', '').split(' ');
    const { exitCode, stdout } = await summarize(like.replace('.py', ''), path, ...rest);
    expect(exitCode).toBe(0);
    // Beside them stands the documented statistic, indented; the originals' warnings are NumPy's.
    expect(stdout.split('\n').filter((line) => !line.startsWith('  '))).toEqual(
      printed.filter((line) => !/^(<path>|  ret|rc=)/.test(line)),
    );
  });

  it('the file that the seed page names runs where it stands', async () => {
    const tool = fileURLToPath(
      new URL('../../../tools/summary/find_val_max_3times_average.py', import.meta.url),
    );
    const { stdout } = await execa('python3', [tool, 'inputs/H_reg', 'head0_pearson'], { cwd: fixtures });
    expect(stdout).toContain("{'path': 'inputs/H_reg', 'key': 'head0_pearson'}\n");
    expect(stdout).toContain('exp02_ep30\n3 times average --- head0_pearson=');
  });
});

describe('the documented statistic', () => {
  const indented = ({ stdout }: { stdout: string }) =>
    stdout.split('\n').flatMap((line) => (line.startsWith('  ') ? [line.trim()] : []));

  it('mean of the maxima, with the sample deviation', async () => {
    expect(indented(await summarize('find_val_max_3times_average', 'inputs/A_cls', 'head0_top1'))[0]).toBe(
      'mean of the best, ± sample std over trainings: max head0_top1=80.35 ± 0.36 (n=3)',
    );
  });

  it('minima of errors, maxima of correlations', async () => {
    const keys = 'head0_mae-head0_pearson';
    expect(indented(await summarize('find_regression_val_3times_average', 'inputs/H_reg', keys))[0]).toMatch(
      /min head0_mae=\d\.\d{4} ± .* \(n=3\), max head0_pearson=0\.\d{4} ± /,
    );
  });

  it('the median of as many epochs as were asked for', async () => {
    const home = mkdtempSync(join(tmpdir(), 'mixlab summary '));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const line = (epoch: number) =>
      `{"mode": "val", "epoch": ${epoch}, "iter": 9, "head0_top1": ${epoch * 10}}\n`;
    write(join(home, 'logs/exp/a.log.json'), [1, 2, 3, 4, 5].map(line).join(''));
    const printed = await summarizeIn(home, 'find_classification_val_median', 'logs', '5', '3', 'head0_top1');
    expect(printed.stdout).toContain('\nhead0_top1=35.00, \n  median of epochs 3 to 5: head0_top1=40.00\n');
  });

  it('a training that went on from a checkpoint is one, and epochs that were lost do not count', async () => {
    const printed = await summarize('find_val_max_3times_average', 'inputs/A_cls', 'head0_top1');
    const six = printed.stdout.split('exp06_resume_ep30\n')[1]?.split('\n')[1];
    expect(six).toMatch(/max head0_top1=\d\d\.\d\d \(n=1\)$/);
  });

  it('NaN is left out, and said so', async () => {
    const { stdout, stderr } = await summarize('find_val_max_3times_average', 'inputs/A_cls', 'head0_top1');
    expect(stdout).toMatch(/head0_top1=nan \(nan\), \n {2}mean .*head0_top1=80\.06 ± .*\(n=3\)/);
    expect(stderr).toContain('exp09_nan_ep30: head0_top1 is not a number at epoch 15, left out below');
  });

  it('both networks of AutoMix, no evaluation left out', async () => {
    const { stdout, stderr } = await summarize('find_automix_val_median', 'inputs/G_automix', '30', '5');
    expect(indented({ stdout })).toHaveLength(3);
    expect(indented({ stdout })[0]).toMatch(/^median of epochs 26 to 30: k=\d\d\.\d\d, q=\d\d\.\d\d$/);
    expect(stderr).toContain('exp03_one_val_in_range_ep30: ');
  });
});

describe('where the originals stop or keep silent', () => {
  it('one log by the tools of the extremes', async () => {
    const { stdout } = await summarize(
      'find_val_max_3times_average',
      'inputs/A_cls/exp01_mixup_ep30/20260101_000000.log.json',
      'head0_top1',
    );
    expect(stdout).toMatch(/\n30e, head0_top1: 80\.17, \nMax -- head0_top1: 80\.14,\n {2}mean of the best/);
  });

  it('blank and cut lines cost these lines alone, with their numbers', async () => {
    const { home, file } = copyOfOne();
    appendFileSync(file(3), '\n{"mode": "val", "epoch": 31, "head0_to');
    const { stdout, stderr } = await summarizeIn(home, 'find_val_max_3times_average', 'logs', 'head0_top1');
    expect(stdout).toContain('3 times average --- head0_top1=80.28 (0.26), ');
    expect(stderr).toMatch(
      /exp\/20260103_000002\.log\.json: 1 line cut off at the end of the file, left out \(line \d+\)/,
    );
    expect(stderr).toContain('20260103_000002.log.json: the original uses nothing of a log with such lines');
  });

  it('other JSON files are no logs', async () => {
    const { home } = copyOfOne();
    write(join(home, 'logs/exp/zz_config.json'), '{\n  "model": {}\n}');
    write(join(home, 'logs/notes.json'), '{}');
    const { stdout, stderr } = await summarizeIn(home, 'find_val_max_3times_average', 'logs', 'head0_top1');
    expect(stdout).toContain('3 times average --- head0_top1=80.28 (0.26), ');
    expect(stderr).toBe(
      "warning: notes.json lies beside the experiments' folders\nwarning: exp/zz_config.json is no log\n",
    );
  });

  it('the median tool says which logs it does not look at', async () => {
    const { stderr } = await summarize(
      'find_classification_val_median',
      'inputs/A_cls',
      '30',
      '5',
      'head0_top1',
    );
    expect(stderr).toContain(
      'exp01_mixup_ep30: only the newest training counts; left out: 20260101_000000.log.json, 20260102_000001.log.json',
    );
  });

  it('a folder of logs itself is one experiment', async () => {
    const { home } = copyOfOne();
    const { stdout } = await summarizeIn(home, 'find_val_max_3times_average', 'logs/exp', 'head0_top1');
    expect(stdout).toContain('\nexp\n3 times average --- head0_top1=80.28 (0.26), \n');
  });
});

it('our run directories: trials are repeats, and head0_top1 is top1', async () => {
  const { home, file } = copyOfOne();
  for (const trial of [1, 2, 3]) {
    const ours = readFileSync(file(trial), 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.replace('"iter"', '"attempt": 1, "step"').replace('head0_top1', 'top1'));
    write(join(home, `work_dirs/digits/r18-mixup/trial${trial}/log.jsonl`), ours.join('\n'));
    write(join(home, `work_dirs/digits/r18-mixup/trial${trial}/status.json`), '{}');
  }
  const { stdout, stderr } = await summarizeIn(
    home,
    'find_val_max_3times_average',
    'work_dirs/digits',
    'head0_top1',
  );
  expect(stdout).toContain('r18-mixup\n3 times average --- head0_top1=80.28 (0.26), \n');
  expect(stderr).toBe('');
});

it.each([
  [['find_val_max_3times_average', 'inputs/A_cls', 'head0_top1-head0_top5'], 2],
  [['find_regression_val_3times_average', 'inputs/H_reg', 'head0_mae-head0_pearson'], 4],
  [['find_classification_val_median', 'inputs/A_cls', '30', '5', 'head0_top1'], 2],
  [['find_automix_val_median', 'inputs/G_automix', '30', '5'], 2],
] as const)('--json has the numbers of the lines: %j', async ([like, path, ...rest], digits) => {
  const { stdout: text, stderr } = await summarize(like, path, ...rest);
  const { stdout } = await summarizeAs({ json: true }, fixtures, like, path, ...rest);
  const { experiments, warnings } = JSON.parse(stdout) as {
    experiments: { name: string; values: Record<string, number | string | null>[] }[];
    warnings: string[];
  };
  expect(warnings.map((warning) => `warning: ${warning}\n`).join('')).toBe(stderr);
  const shown = (value: unknown) => (typeof value === 'number' ? value.toFixed(digits) : 'nan');
  const [original = [], documented = []] = [/^[^ ].*/gm, /^ {2}.*/gm].map((lines) => text.match(lines) ?? []);
  const values = experiments.flatMap((experiment) => experiment.values);
  expect(values.length).toBeGreaterThan(2);
  for (const { key, original: one, documented: other } of values) {
    expect(original.join('\n')).toContain(`${key}=${shown(one)}`);
    expect(documented.join('\n')).toContain(`${key}=${shown(other)}`);
  }
});

it('--json=FILE writes them beside what is printed', async () => {
  const { home } = copyOfOne();
  const asked = ['find_val_max_3times_average', 'logs', 'head0_top1'] as const;
  const { stdout } = await summarizeAs({ json: 'numbers.json' }, home, ...asked);
  expect(stdout).toContain('head0_top1=80.28 (0.26)');
  expect(JSON.parse(readFileSync(join(home, 'numbers.json'), 'utf8'))).toMatchInlineSnapshot(`
    {
      "experiments": [
        {
          "name": "exp",
          "values": [
            {
              "documented": 80.35266,
              "key": "head0_top1",
              "n": 3,
              "original": 80.28223688333334,
              "originalStd": 0.2642075517873589,
              "std": 0.35770477114514854,
            },
          ],
        },
      ],
      "like": "find_val_max_3times_average",
      "path": "logs",
      "warnings": [],
    }
  `);
});

describe('wrong arguments', () => {
  it.each([
    [
      ['find_val_max_3times_average', 'inputs/A_cls', 'head0_top'],
      /no log has head0_top; there are .*Did you mean head0_top[15]\?/,
    ],
    [
      ['find_automix_val_median', 'inputs/A_cls', '30', '5'],
      /no log has acc_mix_q_top1; there are head0_top1, head0_top5\n/,
    ],
    [
      ['find_classification_val_median', 'inputs/A_cls', 'head0_top1'],
      /takes PATH EPOCHS LAST KEYS, got PATH head0_top1/,
    ],
    [
      ['find_classification_val_median', 'inputs/A_cls', '30', '0', 'top1'],
      /LAST: expected a number of epochs, from 1, got "0"/,
    ],
    [['find_val_max_3times_average', 'inputs/nowhere', 'head0_top1'], /there is no inputs\/nowhere/],
    [['find_val_max_3times_average', 'inputs/A_cls/exp08_empty_ep30', 'head0_top1'], /no log in inputs/],
  ])('%j', async ([like = '', path = '', ...rest], message) => {
    const { exitCode, stdout, stderr } = await summarize(like, path, ...rest);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
