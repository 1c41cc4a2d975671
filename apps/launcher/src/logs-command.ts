import { once } from 'node:events';
import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import { AttemptOutput, readTrialStatus, wrongNames } from '@mixlab/results';
import { z } from 'zod';
import { readNamedTrials, runsArgument, titleOf, trialOptions } from './named-trials.ts';
import type { NamedTrial } from './named-trials.ts';

const whole = (least: number, what: string) =>
  z.coerce
    .number({ error: `expected ${what}` })
    .int(`expected ${what}`)
    .min(least, `expected ${what}`);

const logsOptions = z.strictObject({
  run: runsArgument,
  trial: trialOptions.trial,
  follow: z
    .boolean()
    .default(false)
    .describe('go on with what is printed, through interruptions, until the training has ended')
    .meta({ short: 'f' }),
  lines: whole(0, 'a number of lines')
    .optional()
    .describe('only the last lines of what is there; default: all')
    .meta({ placeholder: 'n' }),
  attempt: whole(1, 'the number of an attempt, from 1')
    .optional()
    .describe('only what this attempt printed; default: the newest one')
    .meta({ placeholder: 'k' }),
  experiment: trialOptions.experiment,
  out: trialOptions.out,
  workDir: trialOptions.workDir,
});

type LogsOptions = z.output<typeof logsOptions>;

// Where the file system tells nothing of changes on another machine.
const MILLISECONDS_BETWEEN_LOOKS = 1000;

/**
 * `mixlab logs`: what the newest attempt of a trial printed, of several trials with their names before each line. Reads
 * only. Exit code 0, 1 where there is nothing of some trial, 2 where a name is wrong.
 */
export const logsCommand = defineCommand({
  name: 'logs',
  description: 'Print what trainings print, and follow it',
  options: logsOptions,
  wrongNames,
  run: showLogs,
});

async function showLogs(options: LogsOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab logs: ${line}\n`);
  const { trials, problems, exitCode } = readNamedTrials(options, io);
  problems.forEach(complain);
  if (exitCode === 2) return 2;
  // Of a run with several trials those that were never started are no news.
  const begun = trials.filter(({ state }) => state !== 'planned');
  const shown = begun.length > 0 && !options.follow ? begun : trials;
  if (shown.length === 0) complain('there is no such trial');
  const outputs = shown.map((trial) => new TrialOutput(trial, options, shown.length > 1, io, complain));
  if (options.follow) await followAll(outputs);
  else for (const output of outputs) output.printAll();
  return outputs.length > 0 && outputs.every((output) => output.printed) ? exitCode : 1;
}

async function followAll(outputs: readonly TrialOutput[]): Promise<void> {
  let going = outputs;
  for (;;) {
    going = going.filter((output) => output.printNews());
    if (going.length === 0) return;
    await change(going);
  }
}

/** Resolves when something has changed, or when it is time to look for that. */
async function change(outputs: readonly TrialOutput[]): Promise<void> {
  const enough = new AbortController();
  const watchers: FSWatcher[] = [];
  const timer = setTimeout(() => enough.abort(), MILLISECONDS_BETWEEN_LOOKS);
  for (const { folder } of outputs) {
    try {
      watchers.push(watch(folder, () => enough.abort()).on('error', () => {}));
    } catch {
      // Not there yet, or too many are watched: the time will do.
    }
  }
  if (!enough.signal.aborted) await once(enough.signal, 'abort');
  clearTimeout(timer);
  watchers.forEach((watcher) => watcher.close());
}

/** Prints what one trial prints. */
class TrialOutput {
  readonly folder: string;
  printed = false;
  readonly #trial: NamedTrial;
  readonly #options: LogsOptions;
  readonly #output: AttemptOutput;
  readonly #prefix: string;
  readonly #io: CommandIo;
  readonly #complain: (line: string) => void;
  #attempt = 0;
  #unfinished = '';
  #waitsFor = '';

  constructor(
    trial: NamedTrial,
    options: LogsOptions,
    named: boolean,
    io: CommandIo,
    complain: (line: string) => void,
  ) {
    this.#trial = trial;
    this.#options = options;
    this.folder = join(trial.path, 'attempts');
    this.#output = new AttemptOutput(trial.path, options);
    this.#prefix = named ? `${trial.run}/trial${trial.trial} | ` : '';
    this.#io = io;
    this.#complain = complain;
  }

  printAll(): void {
    this.#read();
    this.#finish();
    if (this.printed) return;
    const { attempt } = this.#options;
    const there = this.#output.attempts();
    const which = there.length > 0 ? `; it has ${there.join(', ')}` : '';
    this.#complain(
      attempt === undefined
        ? `${titleOf(this.#trial)} is ${this.#trial.state} and has printed nothing`
        : `${titleOf(this.#trial)} has no attempt ${attempt}${which}`,
    );
  }

  /** Returns whether more may come. */
  printNews(): boolean {
    // The state first: what was printed before a training ended is there once it says so.
    const { state, status } = readTrialStatus(this.#trial.path);
    this.#read();
    const { attempt } = this.#options;
    const isOver = attempt !== undefined && attempt < (status?.attempt ?? 0);
    if (isOver || state === 'completed' || state === 'failed' || state === 'cancelled') {
      this.#finish();
      if (!isOver) this.#complain(`${titleOf(this.#trial)} ${ending(state, status?.error)}`);
      return false;
    }
    if (state !== 'running' && this.#waitsFor !== state) {
      this.#complain(`${titleOf(this.#trial)} is ${state}; waiting for its next start`);
    }
    this.#waitsFor = state;
    return true;
  }

  #read(): void {
    this.#output.read((text, attempt) => {
      if (attempt !== this.#attempt) {
        this.#finish();
        if (this.#attempt > 0) this.#complain(`${titleOf(this.#trial)}: attempt ${attempt}`);
        this.#attempt = attempt;
      }
      this.#print(text);
    });
    this.printed ||= this.#output.attempt > 0;
  }

  #print(text: string): void {
    if (this.#prefix === '') {
      this.#io.stdout(text);
      return;
    }
    const lines = `${this.#unfinished}${text}`.split('\n');
    this.#unfinished = lines.pop()!;
    this.#io.stdout(lines.map((line) => `${this.#prefix}${line}\n`).join(''));
  }

  /** A last line that was cut off is a line among those of others. */
  #finish(): void {
    if (this.#unfinished !== '') this.#io.stdout(`${this.#prefix}${this.#unfinished}\n`);
    this.#unfinished = '';
  }
}

function ending(state: string, error: string | null | undefined): string {
  const why = error?.split('\n', 1)[0];
  return why ? `${state}: ${why}` : `is ${state}`;
}
