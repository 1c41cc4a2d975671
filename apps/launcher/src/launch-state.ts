/** A trial at work in a slot. */
export interface SlotState {
  readonly run: string;
  readonly trial: number;
  /** Its run directory, below the experiment's folder. */
  readonly directory: string;
  /** When it started, in milliseconds since 1970. */
  readonly since: number;
}

export interface Failure {
  readonly run: string;
  readonly trial: number;
  /** The last line that it printed; empty where it printed none. */
  readonly last: string;
}

export interface Stop {
  /** A signal's name, or that the time is up. */
  readonly why: string;
  /** Whether what runs was ended, not asked for a checkpoint. */
  readonly killed: boolean;
}

const phases = [
  'waiting',
  'running',
  'completed',
  'failed',
  'skipped',
  'interrupted',
  'paused',
  'elsewhere',
] as const;

/** What has become of a trial, as the script has it; `elsewhere` is trained by another process. */
export type Phase = (typeof phases)[number];

/** What a script with `--events` has told so far. */
export class LaunchState {
  /** By slot, from 1; a slot without a trial is absent. */
  readonly slots = new Map<number, SlotState>();
  readonly failures: Failure[] = [];
  /** How many trials run at a time; 0 until the script begins to start them. */
  slotCount = 0;
  /** Trials that there was nothing to do for when the script started. */
  settled = { completed: 0, skipped: 0 };
  stop: Stop | undefined;
  /** Where only the best runs are trained to the end: the epoch that trials train to by now. */
  until: number | undefined;
  readonly #phases = new Map<string, Phase>();

  /** Lines that mean nothing here are passed over. */
  take(line: string, now: number): void {
    const [event = '', ...fields] = line.split('\t');
    if (event === 'queue') this.#set(fields[0], fields[1], 'waiting');
    else if (event === 'skip')
      this.#set(fields[0], fields[1], fields[2] === 'completed' ? 'completed' : 'skipped');
    else if (event === 'elsewhere') this.#set(fields[0], fields[1], 'elsewhere');
    else if (event === 'settled') this.settled = { completed: Number(fields[0]), skipped: Number(fields[1]) };
    else if (event === 'slots') this.slotCount = Number(fields[0]);
    else if (event === 'rung') this.until = Number(fields[1]);
    else if (event === 'stop') this.stop = { why: fields[0] ?? '', killed: fields[1] === 'KILL' };
    else if (event === 'start') this.#start(fields, now);
    else if (event === 'end') this.#end(fields);
  }

  /** The script has ended what ran, and says no more of it. */
  endRunning(): void {
    for (const { run, trial } of this.slots.values()) this.#set(run, String(trial), 'interrupted');
    this.slots.clear();
  }

  /** Trials in a phase, with those that were completed or skipped when the script started. */
  count(phase: Phase): number {
    let count = phase === 'skipped' || phase === 'completed' ? this.settled[phase] : 0;
    for (const each of this.#phases.values()) if (each === phase) count += 1;
    return count;
  }

  phaseOf({ run, trial }: Pick<SlotState, 'run' | 'trial'>): Phase | undefined {
    return this.#phases.get(`${run} ${trial}`);
  }

  /** Trials that are to be trained by this script. */
  get queued(): number {
    return this.#phases.size;
  }

  get total(): number {
    return this.queued + this.settled.completed + this.settled.skipped;
  }

  /** The runs of the trials that wait, one for each trial. */
  waiting(): string[] {
    return [...this.#phases].flatMap(([key, phase]) =>
      phase === 'waiting' ? [key.slice(0, key.lastIndexOf(' '))] : [],
    );
  }

  #start([slot, run = '', trial, ...directory]: string[], now: number): void {
    this.#set(run, trial, 'running');
    this.slots.set(Number(slot), { run, trial: Number(trial), directory: directory.join('\t'), since: now });
  }

  #end([slot, run = '', trial, outcome, ...last]: string[]): void {
    this.slots.delete(Number(slot));
    const phase = outcome === 'again' ? 'waiting' : phases.find((each) => each === outcome);
    this.#set(run, trial, phase ?? 'interrupted');
    if (phase === 'failed') this.failures.push({ run, trial: Number(trial), last: last.join('\t') });
  }

  #set(run: string | undefined, trial: string | undefined, phase: Phase): void {
    if (run !== undefined && trial !== undefined) this.#phases.set(`${run} ${trial}`, phase);
  }
}
