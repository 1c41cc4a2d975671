import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@mixlab/contracts';
import { parseLine } from '../log/log-line.ts';
import { readTrialStatus } from './state.ts';

/** How far a trial is that trains now. */
export interface Progress {
  /** Epochs finished. */
  readonly epoch: number;
  readonly maxEpochs: number | null;
  /** Steps done of the epoch under way, as far as they are logged. */
  readonly step: number;
  /** Null until the log tells. */
  readonly stepsPerEpoch: number | null;
  /** Mean of the newest interval that this attempt has logged. */
  readonly secondsPerStep: number | null;
  /** The newest value of the metric. */
  readonly value: number | null;
}

/** How much of the end of a log is read at the first look; a line has a few hundred bytes. */
const FIRST_BYTES = 1 << 16;
const piece = Buffer.allocUnsafe(FIRST_BYTES);

/** Follows one trial that trains: each look reads its status, and what its log has got since the last look. */
export class TrialProgress {
  readonly #directory: string;
  readonly #metric: string;
  #offset: number | undefined;
  #rest = '';
  #epochUnderWay = 0;
  #step = 0;
  #stepsPerEpoch: number | null = null;
  #secondsPerStep: number | null = null;
  #value: number | null = null;

  /** @param metric a field of the log's evaluation lines */
  constructor(directory: string, metric: string) {
    this.#directory = directory;
    this.#metric = metric;
  }

  /** Never throws: what cannot be read tells nothing. */
  read(): Progress {
    this.#readLog();
    const { status } = readTrialStatus(this.#directory);
    const epoch = status?.epoch ?? 0;
    return {
      epoch,
      maxEpochs: status?.maxEpochs ?? null,
      step: this.#epochUnderWay > epoch ? this.#step : 0,
      stepsPerEpoch: this.#stepsPerEpoch,
      secondsPerStep: this.#secondsPerStep,
      value: this.#value,
    };
  }

  #readLog(): void {
    let file: number;
    try {
      file = openSync(join(this.#directory, 'log.jsonl'), 'r');
    } catch {
      return;
    }
    try {
      this.#offset ??= Math.max(0, fstatSync(file).size - FIRST_BYTES);
      for (;;) {
        const length = readSync(file, piece, 0, piece.length, this.#offset);
        if (length === 0) return;
        this.#offset += length;
        const lines = `${this.#rest}${piece.toString('utf8', 0, length)}`.split('\n');
        this.#rest = lines.pop() ?? '';
        lines.forEach((line) => this.#take(line));
      }
    } catch {
      // A disk that fails for a moment is asked again at the next look.
    } finally {
      closeSync(file);
    }
  }

  #take(text: string): void {
    const line = parseLine(text);
    if (line.kind === 'env') {
      this.#step = 0;
      this.#secondsPerStep = null;
      this.#stepsPerEpoch = line.environment.stepsPerEpoch ?? this.#stepsPerEpoch;
    } else if (line.kind === 'train') {
      const { epoch, step, fields } = line.measurement;
      this.#epochUnderWay = epoch;
      this.#step = step;
      this.#secondsPerStep = numberIn(fields, 'time') ?? this.#secondsPerStep;
    } else if (line.kind === 'val') {
      this.#stepsPerEpoch = line.measurement.step || this.#stepsPerEpoch;
      this.#value = numberIn(line.measurement.fields, this.#metric) ?? this.#value;
    }
  }
}

function numberIn(fields: JsonObject, name: string): number | null {
  const value = fields[name];
  return typeof value === 'number' ? value : null;
}
