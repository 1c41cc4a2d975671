import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentSchema, logLineSchema } from '@mixlab/contracts';
import { LogParser, MAX_LINE_BYTES, curveOf, formatLogWarning, readLog } from '@mixlab/results';
import type { Log } from '@mixlab/results';
import { describe, expect, it } from 'vitest';
import { attemptLines, temporaryFolder } from './run-directories.ts';

function read(text: string | Buffer): Log {
  const path = join(temporaryFolder(), 'log.jsonl');
  writeFileSync(path, text);
  return readLog(path);
}

const top1 = (log: Log) =>
  Object.fromEntries(curveOf(log, 'top1').epochs.map((epoch, i) => [epoch, curveOf(log, 'top1').values[i]]));
const warnings = (log: Log) => log.warnings.map((warning) => formatLogWarning(warning));
const val = (epoch: number, value: number | string, attempt = 1, step = 12) =>
  `{"mode": "val", "epoch": ${epoch}, "step": ${step}, "attempt": ${attempt}, "top1": ${value}}\n`;
const train = (epoch: number, step: number, attempt = 1) =>
  `{"mode": "train", "epoch": ${epoch}, "step": ${step}, "attempt": ${attempt}, "loss": 1.5}\n`;

describe('a sound log', () => {
  it('gives its evaluations and accounts for every line', () => {
    const log = read(attemptLines(1, { 1: 50, 2: 60.25, 3: 61 }));
    expect(top1(log)).toEqual({ 1: 50, 2: 60.25, 3: 61 });
    expect(log.account).toMatchInlineSnapshot(`
      {
        "blank": 0,
        "bytes": 808,
        "env": 1,
        "invalid": 0,
        "lines": 10,
        "malformed": 0,
        "other": 0,
        "oversized": 0,
        "repeated": 0,
        "superseded": 0,
        "train": 6,
        "unfinished": 0,
        "used": 3,
        "val": 3,
      }
    `);
    expect(log.warnings).toEqual([]);
  });

  it('may be empty', () => {
    expect(read('')).toMatchObject({ evaluations: [], attempt: 0, warnings: [] });
  });

  it.each([
    [
      'compact',
      `{"mode":"train","epoch":1,"step":5,"attempt":1,"loss":1}\n{"mode":"val","epoch":1,"step":9,"attempt":1,"top1":7}\n`,
    ],
    ['keys in another order', `{"attempt": 1, "step": 9, "epoch": 1, "top1": 7, "mode": "val"}\n`],
    ['Windows line ends', `${train(1, 5)}${val(1, 7)}`.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${val(1, 7)}`],
    ['blank lines', `\n\n${val(1, 7)}\n  \n`],
    ['no final newline', val(1, 7).trimEnd()],
    ['lines of modes to come', `{"mode": "ema", "epoch": 1, "top1": 9}\n${val(1, 7)}`],
    [
      'a training line with nested values',
      `{"mode": "train", "epoch": 1, "step": 5, "attempt": 1, "lr": {"head": 1}}\n${val(1, 7)}`,
    ],
  ])('%s', (_, text) => {
    const log = read(text);
    expect(top1(log)).toEqual({ 1: 7 });
    expect(log.warnings).toEqual([]);
  });

  it('is refused where it cannot be opened', () => {
    expect(() => readLog(join(temporaryFolder(), 'log.jsonl'))).toThrow(/ENOENT/);
  });
});

describe('attempts', () => {
  it('a resumed attempt replaces what it repeats', () => {
    const log = read(attemptLines(1, { 1: 50, 2: 60, 3: 61 }) + attemptLines(2, { 3: 62, 4: 63 }));
    expect(top1(log)).toEqual({ 1: 50, 2: 60, 3: 62, 4: 63 });
    expect(log.account).toMatchObject({ val: 5, used: 4, superseded: 1, repeated: 0 });
    expect(log.warnings).toEqual([]);
  });

  it('epochs of lost weights do not stand in for those that the resumed attempt has not reached', () => {
    const before = attemptLines(1, { 1: 50, 2: 60, 3: 61, 4: 62, 5: 63 });
    expect(top1(read(before + attemptLines(2, { 3: 70 })))).toEqual({ 1: 50, 2: 60, 3: 70 });
  });

  it('the first training line already tells where an attempt resumed', () => {
    const log = read(attemptLines(1, { 1: 50, 2: 60, 3: 61 }) + train(2, 5, 2));
    expect(top1(log)).toEqual({ 1: 50 });
    expect(log).toMatchObject({ attempt: 2, account: { superseded: 2 } });
  });

  it('an attempt that starts over leaves nothing of those before', () => {
    const log = read(
      attemptLines(1, { 1: 50, 2: 60 }) + attemptLines(2, { 3: 61 }) + attemptLines(3, { 1: 40 }),
    );
    expect(top1(log)).toEqual({ 1: 40 });
  });

  it('a zombie that writes on after its successor began changes nothing', () => {
    const log = read(
      attemptLines(1, { 1: 50, 2: 60 }) + attemptLines(2, { 2: 70 }) + val(3, 99, 1) + val(3, 71, 2),
    );
    expect(top1(log)).toEqual({ 1: 50, 2: 70, 3: 71 });
  });

  it('an attempt that has only said hello changes nothing', () => {
    const log = read(attemptLines(1, { 1: 50, 2: 60 }) + attemptLines(2, {}));
    expect(top1(log)).toEqual({ 1: 50, 2: 60 });
    expect(log.attempt).toBe(1);
  });

  it('a counter that began anew: the later of two attempts 1 wins, by their order in the file', () => {
    const log = read(attemptLines(1, { 1: 50, 2: 60, 3: 61 }) + attemptLines(1, { 1: 40, 2: 41 }));
    expect(top1(log)).toEqual({ 1: 40, 2: 41 });
    expect(warnings(log)).toEqual([]);
  });

  it('an attempt that goes back without a new beginning is warned about', () => {
    const log = read(val(1, 50) + val(2, 60) + val(3, 61) + val(2, 65));
    expect(top1(log)).toEqual({ 1: 50, 2: 65 });
    expect(warnings(log)).toEqual([
      'log.jsonl: 1 line an epoch before the one that the same attempt had reached; the later lines are used (line 4)',
    ]);
  });

  it('two evaluations of one step: the same numbers are silent, others are not', () => {
    expect(read(val(1, 50) + val(1, 50))).toMatchObject({ warnings: [], account: { used: 1, repeated: 1 } });
    const log = read(val(1, 50) + val(1, 51));
    expect(top1(log)).toEqual({ 1: 51 });
    expect(log.warnings).toEqual([{ code: 'contradicting', count: 1, lines: [2] }]);
  });

  it('the last of several evaluations of an epoch is its value', () => {
    expect(top1(read(val(1, 50, 1, 6) + val(1, 51, 1, 12)))).toEqual({ 1: 51 });
  });
});

describe('damage', () => {
  it('half a line at the end is left out, and said so', () => {
    const log = read(val(1, 50) + val(2, 60).slice(0, 30));
    expect(top1(log)).toEqual({ 1: 50 });
    expect(warnings(log)).toEqual(['log.jsonl: 1 line cut off at the end of the file, left out (line 2)']);
  });

  it('half a line that the next attempt wrote behind', () => {
    const log = read(val(1, 50) + val(2, 60).slice(0, 30) + attemptLines(2, { 2: 61 }));
    expect(top1(log)).toEqual({ 1: 50, 2: 61 });
    expect(log.warnings).toEqual([{ code: 'joined', count: 1, lines: [2] }]);
  });

  it('an evaluation behind half a training line is not lost', () => {
    const log = read(train(1, 5).slice(0, 60) + val(1, 50));
    expect(top1(log)).toEqual({ 1: 50 });
    expect(log.account).toMatchObject({ train: 0, val: 1 });
  });

  it('zeros that a power cut left', () => {
    const log = read(Buffer.concat([Buffer.from(val(1, 50)), Buffer.alloc(4096), Buffer.from(val(2, 60))]));
    expect(top1(log)).toEqual({ 1: 50, 2: 60 });
    expect(log.warnings).toEqual([{ code: 'joined', count: 1, lines: [2] }]);
  });

  it.each([
    ['garbage', 'CUDA error: out of memory', 'malformed'],
    ['another JSON value', '[1, 2]', 'malformed'],
    ['an object of something else', '{"epoch": 2, "top1": 60}', 'invalid'],
    ['no attempt', '{"mode": "val", "epoch": 2, "top1": 60}', 'invalid'],
    ['no epoch', '{"mode": "val", "attempt": 1, "top1": 60}', 'invalid'],
    ['an epoch as text', '{"mode": "val", "epoch": "2", "attempt": 1, "top1": 60}', 'invalid'],
    ['epoch 0', '{"mode": "val", "epoch": 0, "attempt": 1, "top1": 60}', 'invalid'],
    ['half an epoch', '{"mode": "val", "epoch": 1.5, "attempt": 1, "top1": 60}', 'invalid'],
    ['a training line of epoch 0', '{"mode": "train", "epoch": 0, "step": 1, "attempt": 1}', 'invalid'],
    [
      'a training line with a torn end',
      '{"mode": "train", "epoch": 1, "step": 1, "attempt": 1, "lo',
      'malformed',
    ],
    ['a line of two megabytes', `"${'x'.repeat(2 << 20)}"`, 'oversized'],
  ])('%s is left out with a warning', (_, line, code) => {
    const log = read(`${val(1, 50)}${line}\n${val(3, 70)}`);
    expect(top1(log)).toEqual({ 1: 50, 3: 70 });
    expect(log.warnings).toEqual([{ code, count: 1, lines: [2] }]);
  });

  it('numbers that JSON has no word for', () => {
    const text =
      val(1, 'NaN') + val(2, '-Infinity') + val(3, '1e999') + val(4, 'null') + val(5, '"60"') + val(6, 60);
    const log = read(
      text + '{"mode": "val", "epoch": 7, "attempt": 1, "loss": NaN, "note": "NaN, Infinity"}\n',
    );
    expect(log.warnings).toEqual([]);
    expect(curveOf(log, 'top1')).toEqual({ epochs: [6], values: [60], withoutNumber: [1, 2, 3, 4, 5, 7] });
    expect(log.evaluations.at(-1)?.fields).toMatchObject({ loss: NaN, note: 'NaN, Infinity' });
  });

  it('a metric that an object inherits is none', () => {
    expect(curveOf(read(val(1, 50)), 'constructor')).toEqual({ epochs: [], values: [], withoutNumber: [1] });
    const log = read('{"mode": "val", "epoch": 1, "attempt": 1, "__proto__": 7}\n');
    expect(curveOf(log, '__proto__').values).toEqual([7]);
  });

  it('a file without a line end stays out of memory', () => {
    const path = join(temporaryFolder(), 'log.jsonl');
    writeFileSync(path, val(1, 50));
    truncateSync(path, 256 << 20);
    const before = process.memoryUsage().arrayBuffers;
    const log = readLog(path);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MAX_LINE_BYTES);
    expect(top1(log)).toEqual({ 1: 50 });
    expect(log.warnings).toEqual([{ code: 'unfinished', count: 1, lines: [2] }]);
  });
});

describe('what is read without parsing', () => {
  it('takes exactly what the contract takes', () => {
    const numbers = ['1', '0', '-1', '1.5', '1e2', '01', '12345678901234567890', '"1"', 'null', 'true'];
    for (const mode of ['train', 'val', 'env']) {
      for (const epoch of numbers) {
        for (const attempt of numbers) {
          const line = `{"mode": "${mode}", "epoch": ${epoch}, "step": 5, "attempt": ${attempt}}`;
          const parser = new LogParser();
          parser.push(Buffer.from(`${train(1, 1)}${line}\n`));
          const { account } = parser.finish();
          const accepted = account.train + account.val + account.env - 1;
          expect([line, accepted]).toEqual([line, isInContract(line) ? 1 : 0]);
        }
      }
    }
  });

  function isInContract(line: string): boolean {
    try {
      const parsed = logLineSchema.safeParse(JSON.parse(line));
      return parsed.success || environmentSchema.omit({ epoch: true }).safeParse(JSON.parse(line)).success;
    } catch {
      return false;
    }
  }
});

describe('in pieces', () => {
  it('a snapshot waits for the rest of a line', () => {
    const parser = new LogParser();
    const text = val(1, 50) + val(2, 60);
    parser.push(Buffer.from(text.slice(0, -10)));
    expect(top1(parser.snapshot())).toEqual({ 1: 50 });
    expect(parser.snapshot()).toMatchObject({ account: { lines: 2, unfinished: 1 }, warnings: [] });
    parser.push(Buffer.from(text.slice(-10)));
    expect(top1(parser.snapshot())).toEqual({ 1: 50, 2: 60 });
    expect(parser.snapshot().account).toMatchObject({ lines: 2, unfinished: 0 });
  });
});
