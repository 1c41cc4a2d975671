import type { JsonObject } from './json.ts';

/** One trial of a run, as a user's own engine sees it. */
export interface CommandRun<C = JsonObject> {
  readonly config: C;
  /** The run's name, such as `lr0.1-3f9c2b7e`. */
  readonly name: string;
  /** Counted from 1. */
  readonly trial: number;
  /** The config's `seed`, or 0, plus `trial` minus 1. */
  readonly seed: number;
  readonly gpus: number;
  /** Stands for the path of the config file, in any part of a word. */
  readonly configFile: string;
  /** Stands for the path of the trial's folder, in any part of a word. */
  readonly directory: string;
}

/** How a user's own engine writes a config file and starts a training. Both are asked when files are generated. */
export interface CommandLine<C = JsonObject> {
  /** Text of the config file; it is called `….json` whatever it holds. */
  render(config: C): string;
  /** The program and its arguments, a word each: what a shell would do with them is not done. */
  command(run: CommandRun<C>): readonly (string | number)[];
}
