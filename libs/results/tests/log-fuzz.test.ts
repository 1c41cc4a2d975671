import fc from 'fast-check';
import { LogParser } from '@mixlab/results';
import type { Log } from '@mixlab/results';
import { describe, expect, it } from 'vitest';

const count = fc.integer({ min: 1, max: 4 });
const position = fc.record({ epoch: count, step: count, attempt: count });
const metric = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(NaN, Infinity));

/** As Python writes it. */
const python = (value: object): string =>
  JSON.stringify(value, (_, each) =>
    typeof each === 'number' && !Number.isFinite(each) ? `<${each}>` : each,
  )
    .replace(/"<(.*?)>"/g, '$1')
    .replace(/,"/g, ', "')
    .replace(/":/g, '": ');

const sound = fc.oneof(
  fc.record({ mode: fc.constant('env'), attempt: count }),
  position.chain((at) => fc.record({ loss: metric }).map((rest) => ({ mode: 'train', ...at, ...rest }))),
  position.chain((at) => fc.record({ top1: metric }).map((rest) => ({ mode: 'val', ...at, ...rest }))),
);
const garbage = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '{',
    '{}',
    '[]',
    'null',
    '{"mode": "train", "epoch": 1',
    '\0\0\0',
    '"',
    '{"mode":"val"}',
    'x'.repeat(5000),
  ),
);
const line = fc.oneof({ arbitrary: sound.map(python), weight: 6 }, garbage);
const bytes = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
  .map(([lines, ended]) => Buffer.from(lines.join('\n') + (ended ? '\n' : '')));

/** Random bytes removed, overwritten or doubled anywhere. */
const damaged = fc
  .tuple(bytes, fc.array(fc.tuple(fc.nat(), fc.nat(60), fc.uint8Array({ maxLength: 20 })), { maxLength: 4 }))
  .map(([whole, cuts]) =>
    cuts.reduce<Buffer>((text, [at, length, instead]) => {
      const start = text.length === 0 ? 0 : at % text.length;
      return Buffer.concat([text.subarray(0, start), instead, text.subarray(start + length)]);
    }, whole),
  );

function parse(text: Buffer, cuts: readonly number[] = []): Log {
  const parser = new LogParser();
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (let i = 1; i < places.length; i += 1) {
    // The reader uses one buffer for all pieces: what the parser keeps must not be a view of it.
    const piece = Buffer.from(text.subarray(places[i - 1], places[i]));
    parser.push(piece);
    piece.fill(0x21);
  }
  return parser.finish();
}

/** The first of the two lines that went back was told where they came in two pieces, the last where they came in one. */
const TWO_LINES_BACK = Buffer.from(
  [
    '{"mode": "val", "epoch": 4, "step": 1, "attempt": 2, "top1": 1}',
    '{"mode": "train", "epoch": 3, "step": 3, "attempt": 2, "loss": 0}',
    '{"mode": "train", "epoch": 3, "step": 4, "attempt": 2, "loss": 0}\n',
  ].join('\n'),
);

describe('any bytes at all', () => {
  it('never crash the reader, and every line is accounted for', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const { account, evaluations, warnings } = parse(text);
        const { blank, env, train, val, other, malformed, invalid, oversized, unfinished } = account;
        const lines = text.toString('latin1').split('\n');
        expect(account.lines).toBe(lines.length - (lines.at(-1) === '' ? 1 : 0));
        expect(account.bytes).toBe(text.length);
        expect(blank + env + train + val + other + malformed + invalid + oversized + unfinished).toBe(
          account.lines,
        );
        expect(account.used + account.repeated + account.superseded).toBe(val);
        expect(evaluations).toHaveLength(account.used);
        expect(malformed + invalid + oversized + unfinished > 0).toBe(
          warnings.some(({ code }) => ['malformed', 'invalid', 'oversized', 'unfinished'].includes(code)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('give the same however they are cut into pieces', () => {
    fc.assert(
      fc.property(damaged, fc.array(fc.nat(), { maxLength: 12 }), (text, cuts) => {
        expect(parse(text, cuts)).toEqual(parse(text));
      }),
      { numRuns: 1000, examples: [[TWO_LINES_BACK, [TWO_LINES_BACK.length - 1]]] },
    );
  });
});

describe('torn lines', () => {
  const torn = fc.array(
    fc.tuple(
      sound.map(python),
      fc.option(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { nil: undefined }),
    ),
    { minLength: 1, maxLength: 30 },
  );

  it('never give a number that nobody wrote, and never pass in silence', () => {
    fc.assert(
      fc.property(torn, (lines) => {
        const text = lines.map(([whole, share]) =>
          share === undefined ? `${whole}\n` : whole.slice(0, Math.max(1, Math.floor(whole.length * share))),
        );
        const log = parse(Buffer.from(text.join('')));
        const written = parse(Buffer.from(lines.map(([whole]) => `${whole}\n`).join('')));
        if (lines.some(([, share]) => share !== undefined)) expect(log.warnings).not.toEqual([]);
        else expect(log).toEqual(written);
        const fields = new Set(
          lines.map(([whole]) => JSON.stringify(parse(Buffer.from(whole)).evaluations[0]?.fields)),
        );
        for (const evaluation of log.evaluations) expect(fields).toContain(JSON.stringify(evaluation.fields));
      }),
      { numRuns: 1000 },
    );
  });
});

/** The rule of the log, said plainly: attempts by number, each cut at the first epoch of every later one. */
function reference(
  lines: readonly { mode: string; attempt: number; epoch?: number; step?: number; top1?: number }[],
) {
  const first = new Map<number, number>();
  for (const { attempt, epoch } of lines)
    if (epoch !== undefined) first.set(attempt, Math.min(first.get(attempt) ?? Infinity, epoch));
  const kept = new Map<string, number>();
  for (const { mode, attempt, epoch, step, top1 } of lines) {
    if (mode !== 'val') continue;
    const replaced = [...first].some(([other, start]) => other > attempt && epoch! >= start);
    if (!replaced) kept.set(`${epoch} ${step}`, top1!);
  }
  return kept;
}

describe('sound logs', () => {
  const attempt = fc
    .array(fc.tuple(fc.boolean(), count, count), { maxLength: 8 })
    .map((entries) => entries.sort((a, b) => a[1] - b[1] || a[2] - b[2]));

  it('agree with a plain reference, attempts one after the other or interleaved', () => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 4 }), fc.infiniteStream(fc.nat()), (attempts, choices) => {
        const queues = attempts.map((entries, index) =>
          entries.map(([evaluated, epoch, step], i) => ({
            mode: evaluated ? 'val' : 'train',
            epoch,
            step,
            attempt: index + 1,
            top1: index * 100 + i,
          })),
        );
        const lines: (typeof queues)[number] = [];
        while (queues.some((queue) => queue.length > 0)) {
          const waiting = queues.filter((queue) => queue.length > 0);
          lines.push(waiting[choices.next().value! % waiting.length]!.shift()!);
        }
        const log = parse(Buffer.from(lines.map((each) => `${python(each)}\n`).join('')));
        const found = new Map(
          log.evaluations.map(({ epoch, step, fields }) => [`${epoch} ${step}`, fields['top1']]),
        );
        expect(found).toEqual(reference(lines));
      }),
      { numRuns: 1000 },
    );
  });
});
