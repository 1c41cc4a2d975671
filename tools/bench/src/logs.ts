import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

const EPOCHS = 300;

/** Writes a log as OpenMixup's trainings do, with so many lines of training in each of 300 epochs. */
export function writeLog(path: string, linesPerEpoch: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  writeSync(file, '{"env_info": "linux", "config": "model = dict()", "seed": 0, "exp_name": "a.py"}\n');
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const lines = Array.from({ length: linesPerEpoch }, (_, index) => trainLine(epoch, index));
    const accuracy = (80 * (1 - Math.exp(-epoch / 60))).toFixed(5);
    lines.push(
      `{"mode": "val", "epoch": ${epoch}, "iter": 196, "lr": 0.09998, "head0_top1": ${accuracy}, "head0_top5": 95.12}\n`,
    );
    writeSync(file, lines.join(''));
  }
  closeSync(file);
}

function trainLine(epoch: number, index: number): string {
  const loss = (3 + ((epoch * 7919 + index * 31) % 997) / 1000).toFixed(5);
  return `{"mode": "train", "epoch": ${epoch}, "iter": ${(index + 1) * 50}, "lr": 0.09998, "memory": 5121, "data_time": 0.01${index % 97}, "loss": ${loss}, "acc": 12.34567, "acc_mix": 30.12345, "time": 0.2${epoch}}\n`;
}

/** Every log below a folder. */
export function findLogs(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log.json'))
    .map((name) => join(folder, name))
    .sort();
}
