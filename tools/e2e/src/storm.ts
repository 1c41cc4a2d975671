import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';
import { processesWith, signal, until, type Process } from './processes.ts';
import { randomNumbers } from './random.ts';

/** A program that starts a launch script, again and again; what it prints is in `scripts.log`. */
export class Script {
  readonly #lab: Lab;
  readonly #command: readonly [program: string, ...args: string[]];
  #child: ReturnType<Lab['startInto']> | undefined;

  constructor(lab: Lab, ...command: [program: string, ...args: string[]]) {
    this.#lab = lab;
    this.#command = command;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  start(): void {
    this.#child = this.#lab.startInto('scripts.log', ...this.#command);
  }

  /** Starts it if need be, waits for its end, and gives its exit code; null where a signal ended it. */
  async finish(): Promise<number | null> {
    if (!this.isRunning) this.start();
    if (this.isRunning) await once(this.#child!, 'exit');
    return this.#child!.exitCode;
  }
}

type Victim = 'scheduler' | 'supervisor' | 'trainer' | 'all';
const VICTIMS: readonly Victim[] = ['scheduler', 'supervisor', 'trainer', 'all'];

/** `kill -9` at random moments that follow from a seed. What was killed is counted in `killed`. */
export class Storm {
  readonly killed: Record<Victim, number> = { scheduler: 0, supervisor: 0, trainer: 0, all: 0 };
  readonly #lab: Lab;
  readonly #scripts: readonly Script[];
  readonly #random: () => number;

  constructor(lab: Lab, scripts: readonly Script[], seed: number) {
    this.#lab = lab;
    this.#scripts = scripts;
    this.#random = randomNumbers(seed);
  }

  /**
   * Kills so many times, `least` to `most` milliseconds apart, and starts the scripts again that ended of it. Each time one
   * of those is killed of which there is one: a script, a supervisor, a trainer, or all processes at once.
   *
   * @param look is called before each kill
   */
  async rage(kills: number, least: number, most: number, look: () => void = () => {}): Promise<void> {
    for (let done = 0; done < kills; done++) {
      for (const script of this.#scripts) if (!script.isRunning) script.start();
      await sleep(least + this.#random() * (most - least));
      look();
      await this.#strike();
    }
  }

  async #strike(): Promise<void> {
    const all = processesWith(this.#lab.home);
    const choice = VICTIMS.filter((victim) => this.#find(victim, all).length > 0);
    const victim = this.#one(choice);
    if (victim === undefined) throw new Error('the storm came too late: nothing is running any more');
    const victims = this.#find(victim, all);
    const struck = victim === 'all' ? victims : [this.#one(victims)!];
    for (const { pid } of struck) signal(pid, 'SIGKILL');
    this.killed[victim] += 1;
    const gone = this.#scripts.filter(({ pid }) => struck.some((process) => process.pid === pid));
    await until(() => gone.every((script) => !script.isRunning), 'killed scripts that end');
  }

  #find(victim: Victim, all: readonly Process[]): Process[] {
    return all.filter(({ pid, command }) => {
      if (victim === 'scheduler') return this.#scripts.some((script) => script.pid === pid);
      if (victim === 'supervisor') return command.includes('mixlab.launch');
      if (victim === 'trainer')
        return command.includes('mixlab.train') || command.some((word) => word.endsWith('light/trainer.py'));
      return true;
    });
  }

  #one<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#random() * list.length)];
  }
}
