import { appendFileSync } from 'node:fs';
import { LogReader, openmixupLog, readLog, summarizeLike } from '@mixlab/results';
import { findLogs } from './logs.ts';

/**
 * `tsx read-logs.ts summarize DIR`: milliseconds that the first summary of DIR's logs takes in a fresh process;
 * `again DIR`: that reading them on takes after each has grown by 1 %; `one FILE`: peak memory in MiB of reading FILE.
 */
const [what = '', path = ''] = process.argv.slice(2);

/** Three epochs of 300. */
const GROWTH = (
  '{"mode": "train", "epoch": 300, "iter": 50, "lr": 0.1, "memory": 4321, "data_time": 0.01, "loss": 2.1, "time": 0.2}\n'.repeat(
    50,
  ) + '{"mode": "val", "epoch": 300, "iter": 196, "lr": 0.1, "head0_top1": 80.1, "head0_top5": 95.1}\n'
).repeat(3);

function timed(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

function again(): number {
  const readers = findLogs(path).map((file) => ({ file, reader: new LogReader(file, openmixupLog) }));
  const look = () => readers.forEach(({ reader }) => reader.read());
  const grow = () => readers.forEach(({ file }) => appendFileSync(file, GROWTH));
  look();
  grow();
  return timed(look);
}

const result = {
  summarize: () =>
    timed(() =>
      summarizeLike('find_val_max_3times_average', path, { keys: ['head0_top1'], epochs: 0, last: 0 }),
    ),
  again,
  one: () => {
    readLog(path, openmixupLog);
    return process.resourceUsage().maxRSS / 1024;
  },
}[what]!();
console.log(JSON.stringify(result));
