import { readFileSync } from 'node:fs';
import { testLineSchema } from '@mixlab/contracts';
import type { TestLine } from '@mixlab/contracts';

/** A number of `test.jsonl`: `test.top1`, `test.loss_ema`, `test.occlusion.0.5.top1`. */
interface TestMetric {
  readonly field: 'top1' | 'top5' | 'loss' | 'ece';
  readonly weights: TestLine['weights'];
  /** Share of the patches that are black; undefined for whole images. */
  readonly ratio: number | undefined;
}

const NAME = /^test\.(?:occlusion\.(?<ratio>[01]|0?\.[0-9]+)\.)?(?<field>top1|top5|loss|ece)(?<ema>_ema)?$/;

/** What the newest test of a trial says. */
export interface TestResult {
  /** Null where no test says it. */
  readonly value: number | null;
  /** Name of the checkpoint's file, and the epochs that it was trained for. */
  readonly checkpoint: string | null;
  readonly epoch: number | null;
  readonly warnings: readonly string[];
}

/** Whether a metric is of `mixlab.test`, whatever comes after `test.`. */
export function isTestMetric(metric: string): boolean {
  return metric.startsWith('test.');
}

/** The newest line of a `test.jsonl` that holds the metric, of run `hash`; lines that cannot be used are warnings. */
export function readTest(path: string, metric: string, hash: string): TestResult {
  const { lines, warnings } = readTestLines(path, hash);
  const asked = parse(metric);
  for (const line of asked ? lines.toReversed() : []) {
    const value = valueOf(line, asked!);
    if (value !== undefined) return { value, checkpoint: line.checkpoint, epoch: line.epoch, warnings };
  }
  return { value: null, checkpoint: null, epoch: null, warnings };
}

/** Every metric that the lines of a `test.jsonl` hold. */
export function testMetricsIn(path: string, hash: string): string[] {
  return readTestLines(path, hash).lines.flatMap(({ weights, ece, occlusion }) => {
    const suffix = weights === 'ema' ? '_ema' : '';
    const whole = ['top1', 'top5', 'loss', ...(ece === undefined ? [] : ['ece'])];
    const occluded = occlusion.flatMap(({ ratio }) =>
      ['top1', 'top5', 'loss'].map((field) => `occlusion.${ratio}.${field}`),
    );
    return [...whole, ...occluded].map((name) => `test.${name}${suffix}`);
  });
}

function parse(metric: string): TestMetric | undefined {
  const { ratio, field, ema } = NAME.exec(metric)?.groups ?? {};
  if (field === undefined) return undefined;
  return {
    field: field as TestMetric['field'],
    weights: ema === undefined ? 'model' : 'ema',
    ratio: ratio === undefined ? undefined : Number(ratio),
  };
}

function valueOf(line: TestLine, { field, weights, ratio }: TestMetric): number | undefined {
  if (line.weights !== weights) return undefined;
  if (ratio === undefined) return line[field];
  return field === 'ece' ? undefined : line.occlusion.findLast((each) => each.ratio === ratio)?.[field];
}

function readTestLines(
  path: string,
  hash: string,
): { readonly lines: TestLine[]; readonly warnings: string[] } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      lines: [],
      warnings: code === 'ENOENT' ? [] : [`test.jsonl cannot be read: ${code ?? message}`],
    };
  }
  const lines: TestLine[] = [];
  const [damaged, foreign]: [number[], number[]] = [[], []];
  text.split('\n').forEach((each, index) => {
    if (each.trim() === '') return;
    const line = parseTestLine(each);
    if (!line) damaged.push(index + 1);
    else if (line.hash !== hash) foreign.push(index + 1);
    else lines.push(line);
  });
  const warning = (numbers: readonly number[], what: string) =>
    numbers.length === 0 ? [] : [`test.jsonl: ${what}, left out (line ${numbers.join(', ')})`];
  return {
    lines,
    warnings: [...warning(damaged, 'not a line of a test'), ...warning(foreign, "another run's test")],
  };
}

function parseTestLine(text: string): TestLine | undefined {
  try {
    return testLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
