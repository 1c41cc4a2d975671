import { Console } from 'node:console';
import { createInterface } from 'node:readline/promises';
import { Command as Commander, CommanderError } from 'commander';
import { formatIssue } from '@mixlab/contracts';
import type { Command, CommandIo, ConfigIssue } from '@mixlab/contracts';
import packageJson from '../package.json' with { type: 'json' };
import { addCommand, withoutLooseValues } from './command-line.ts';
import type { RawOptions } from './command-line.ts';
import { commandLoaders } from './commands.ts';
import { describeFailure } from './failure.ts';
import { findHome } from './find-home.ts';
import { optionSpecs } from './option-spec.ts';
import { parseOptions } from './parse-options.ts';
import { unknownOptions } from './unknown-options.ts';

export interface RunContext extends Omit<CommandIo, 'home'> {
  /** Default: found from `cwd`. */
  readonly home?: string;
}

/**
 * Runs one command line, `['configs', '--mix-mode=cutmix']`, and returns its exit code: 0 done, 1 failed, 2 bad input.
 * Never throws and never ends the process.
 */
export async function run(argv: readonly string[], context: RunContext = processContext()): Promise<number> {
  try {
    return await dispatch(argv, context);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { text, exitCode } = describeFailure(error);
    context.stderr(text);
    return exitCode;
  }
}

async function dispatch(argv: readonly string[], context: RunContext): Promise<number> {
  let exitCode = 0;
  const program = new Commander('mixlab')
    .description('Typed experiments for image mixing: configs and launch scripts out, benchmark tables back.')
    .version(packageJson.version, '-V, --version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: context.stdout, writeErr: context.stderr })
    .showHelpAfterError('Run with --help for what there is.');
  const commands = await commandsFor(argv[0]);
  for (const command of commands) {
    addCommand(program, command, async (raw) => {
      exitCode = await execute(command, raw, context);
    });
  }
  if (argv.length === 0) program.help();
  const named = commands.find((command) => command.name === argv[0]);
  if (named) {
    const unknown = unknownOptions(argv.slice(1), optionSpecs(named.options));
    if (unknown.issues.length > 0) {
      const { issues, valid } = await otherIssues(named, unknown.rest);
      return refuse(named, [...unknown.issues, ...issues], valid, context);
    }
  }
  await program.parseAsync(named ? withoutLooseValues(argv, named) : [...argv], { from: 'user' });
  return exitCode;
}

interface Refused {
  readonly issues: readonly ConfigIssue[];
  /** The options that have none. */
  readonly valid: RawOptions;
}

/** What else is wrong with the options of a command; nothing where commander itself refuses the arguments. */
async function otherIssues(command: Command, args: readonly string[]): Promise<Refused> {
  let found: Refused = { issues: [], valid: {} };
  const silence = () => undefined;
  const program = new Commander().exitOverride().configureOutput({ writeOut: silence, writeErr: silence });
  addCommand(program, command, async (raw) => {
    const parsed = parseOptions(command, raw);
    found = 'issues' in parsed ? parsed : { issues: [], valid: parsed.options };
  });
  // The value of an option that nobody knows.
  program.commands[0]?.allowExcessArguments(true);
  try {
    await program.parseAsync([command.name, ...withoutLooseValues(args, command)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return found;
}

/** The one that is asked for; all of them when that is not known yet: for help and for the nearest name. */
async function commandsFor(name: string | undefined): Promise<Command[]> {
  const known =
    name !== undefined && Object.hasOwn(commandLoaders, name) ? [commandLoaders[name]!] : undefined;
  return Promise.all((known ?? Object.values(commandLoaders)).map((load) => load()));
}

async function execute(command: Command, raw: RawOptions, context: RunContext): Promise<number> {
  const parsed = parseOptions(command, raw);
  if ('issues' in parsed) return refuse(command, parsed.issues, parsed.valid, context);
  const home = homeOf(command, context);
  if (home === undefined) {
    context.stderr(
      `mixlab: no workspace here: neither ${context.cwd} nor a folder above it holds configs/; "mixlab init" starts one\n`,
    );
    return 2;
  }
  return command.run(parsed.options, { ...context, home });
}

function homeOf(command: Command, { home, cwd }: RunContext): string | undefined {
  return home ?? (command.anywhere ? cwd : findHome(cwd));
}

/** Says what is wrong with options, and with the names among those that are `valid`. */
function refuse(
  command: Command,
  issues: readonly ConfigIssue[],
  valid: RawOptions,
  context: RunContext,
): number {
  const home = homeOf(command, context);
  const names = home === undefined ? [] : (command.wrongNames?.(valid, { ...context, home }) ?? []);
  const lines = [...issues.map((issue) => formatIssue(issue)), ...names];
  context.stderr(lines.map((line) => `mixlab ${command.name}: ${line}\n`).join(''));
  return 2;
}

function processContext(): RunContext {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A terminal that has closed: SIGHUP tells so, too, and who acts on it is not done yet.
    if (error.code === 'EIO') return;
    // A reader that has seen enough, as in `mixlab configs -n | head`, is no failure of ours.
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  // What an authored file prints is no part of the output, which may be JSON that somebody reads.
  globalThis.console = new Console(process.stderr);
  return {
    cwd: process.cwd(),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTty: process.stdout.isTTY === true,
    ...(canBeDrawnOn(process.stdout) && { terminal: process.stdout }),
    ...(process.stdin.isTTY && process.stdout.isTTY && { confirm }),
    env: process.env,
  };
}

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The end of the input, or Ctrl-C, is no answer.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function canBeDrawnOn({ isTTY, columns, rows }: NodeJS.WriteStream): boolean {
  return isTTY && columns > 0 && rows > 0 && process.env['TERM'] !== 'dumb';
}
