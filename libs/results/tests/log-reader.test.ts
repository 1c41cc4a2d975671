import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogReader, openmixupLog, readLog } from '@mixlab/results';
import type { Log, LogDialect } from '@mixlab/results';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './run-directories.ts';

const train = (epoch: number, iter: number) =>
  `{"mode": "train", "epoch": ${epoch}, "iter": ${iter}, "lr": 0.1, "memory": 4321, "loss": 2.5, "time": 0.2}\n`;
const val = (epoch: number, top1: number | string) =>
  `{"mode": "val", "epoch": ${epoch}, "iter": 100, "lr": 0.1, "head0_top1": ${top1}}\n`;
const first =
  '{"env_info": "sys.platform: linux\\n{x}", "config": "model = dict()", "seed": 0, "exp_name": "a.py"}\n';

function logOf(text: string, dialect?: LogDialect) {
  const path = join(temporaryFolder(), 'a.log.json');
  writeFileSync(path, text);
  return { path, reader: new LogReader(path, dialect) };
}
const top1 = ({ evaluations }: Log) => evaluations.map(({ epoch, fields }) => [epoch, fields['head0_top1']]);

describe("OpenMixup's log", () => {
  it('has a first line without a mode, an iter for a step, and one attempt', () => {
    const text = first + train(1, 50) + train(1, 100) + val(1, 40) + train(2, 50) + val(2, 50.5);
    const log = logOf(text, openmixupLog).reader.read();
    expect(top1(log)).toEqual([
      [1, 40],
      [2, 50.5],
    ]);
    expect(log.account).toMatchObject({ lines: 6, env: 1, train: 3, val: 2, used: 2 });
    expect(log).toMatchObject({ warnings: [], resumedAfter: null });
  });

  it('that goes on from a checkpoint says after which epoch', () => {
    const resumed = first.replace('}\n', ', "epoch": 20, "iter": 2000, "mmcv_version": "1.7.2"}\n');
    expect(logOf(resumed + train(21, 50), openmixupLog).reader.read().resumedAfter).toBe(20);
  });

  it('without its first line, with blank lines, NaN and half a line', () => {
    const text = `${val(1, 'NaN')}\n${val(2, 50)}${train(3, 50).slice(0, 40)}\n${val(4, 60).slice(0, 50)}`;
    const log = logOf(text, openmixupLog).reader.read();
    expect(top1(log)).toEqual([
      [1, NaN],
      [2, 50],
    ]);
    expect(log.warnings).toEqual([
      { code: 'malformed', count: 1, lines: [4] },
      { code: 'unfinished', count: 1, lines: [5] },
    ]);
  });

  it('keeps every evaluation as it was written beside those that count', () => {
    const log = logOf(val(1, 40) + val(1, 41) + val(3, 60) + val(2, 50), openmixupLog).reader.read();
    expect(log.written.map(({ fields }) => fields['head0_top1'])).toEqual([40, 41, 60, 50]);
    expect(log.warnings.map(({ code }) => code)).toEqual(['contradicting', 'wentBack']);
  });
});

describe('a log that is read again', () => {
  it('leaves what was read before as it was', () => {
    const { path, reader } = logOf(val(1, 40), openmixupLog);
    const before = reader.read();
    appendFileSync(path, val(2, 50));
    expect(top1(reader.read())).toHaveLength(2);
    expect(top1(before)).toHaveLength(1);
  });

  it.each<[what: string, change: (path: string, text: string) => void]>([
    ['replaced', (path, text) => (writeFileSync(`${path}~`, text), renameSync(`${path}~`, path))],
    ['written anew, and longer', (path, text) => writeFileSync(path, text)],
    [
      'cut, and written on',
      (path, text) => (truncateSync(path, 3), writeFileSync(path, ''), appendFileSync(path, text)),
    ],
  ])('is read from its beginning where it was %s', (_, change) => {
    const { path, reader } = logOf(val(1, 40) + val(2, 41), openmixupLog);
    reader.read();
    const text = val(1, 70) + val(2, 71) + val(3, 72);
    change(path, text);
    expect(reader.read()).toEqual(readLog(path, openmixupLog));
    expect(top1(reader.read())).toHaveLength(3);
  });

  it('a last line that was whole and goes on is not counted twice', () => {
    const { path, reader } = logOf(val(1, 40).trimEnd(), openmixupLog);
    expect(top1(reader.read())).toEqual([[1, 40]]);
    appendFileSync(path, `\n${val(2, 50).trimEnd()}`);
    expect(top1(reader.read())).toHaveLength(2);
    appendFileSync(path, ' and more\n');
    expect(reader.read()).toEqual(readLog(path, openmixupLog));
    expect(reader.read().account).toMatchObject({ lines: 2, val: 1, malformed: 1 });
  });
});

const line = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 999 }))
    .map(([epoch, iter]) => train(epoch, iter)),
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
    .map(([epoch, value]) => val(epoch, value)),
  fc.constantFrom(first, '\n', '\r\n', '{\n', 'null\n', `"${'x'.repeat(1 << 20)}"\n`, '{"a": {"b": 1}}\n'),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

it('whatever a file grows by, reading on gives what reading it anew does', () => {
  const path = join(temporaryFolder(), 'a.log.json');
  const pieces = fc.array(fc.tuple(fc.array(line, { maxLength: 8 }), fc.nat(60)), { maxLength: 5 });
  fc.assert(
    fc.property(pieces, (grown) => {
      writeFileSync(path, '');
      const reader = new LogReader(path, openmixupLog);
      for (const [lines, cut] of grown) {
        const text = Buffer.from(lines.join(''));
        appendFileSync(path, text.subarray(0, Math.max(0, text.length - cut)));
        expect(reader.read()).toEqual(readLog(path, openmixupLog));
      }
    }),
    { numRuns: 60 },
  );
});

it('every line that JSON.parse takes for an evaluation is there, in order, and nothing else is', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const text = lines.map((each) => `${each.replaceAll(/[\n\r]/g, '')}\n`).join('');
      const plain = text.split('\n').flatMap((each) => {
        try {
          const parsed = JSON.parse(each) as { mode?: string; epoch: number; head0_top1: number } | null;
          return parsed?.mode === 'val' ? [[parsed.epoch, parsed.head0_top1]] : [];
        } catch {
          return [];
        }
      });
      const { written } = logOf(text, openmixupLog).reader.read();
      expect(written.map(({ epoch, fields }) => [epoch, fields['head0_top1']])).toEqual(plain);
    }),
    { numRuns: 60 },
  );
});
