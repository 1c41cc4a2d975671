import { createContext, Script } from 'node:vm';
import { refuseEnds } from '@mixlab/authoring';
import type { CommandLine, ConfigIssue } from '@mixlab/contracts';
import { commandRun } from '@mixlab/engines';
import type { Plan, PlannedRun } from '@mixlab/plan';

/** What is wrong with what an engine of a user's own makes of the runs of a plan; the same of many runs once. */
export function commandIssues(plan: Plan<unknown>): ConfigIssue[] {
  const { commandLine, launch } = plan;
  if (!commandLine) return [];
  const issues = new Map<string, ConfigIssue>();
  for (const run of plan.runs()) {
    const wrong = inTime(() => [
      wrongText(run, commandLine),
      wrongWords(run, commandLine, launch.gpusPerRun),
    ]);
    for (const what of wrong ?? [`\`render\` or \`command\` is still running after ${LIMIT_MS / 1000} s`]) {
      if (what === undefined || issues.has(what)) continue;
      const message = `the engine's ${what}, for the run ${run.name}`;
      issues.set(what, {
        code: 'engine-failed',
        message,
        at: { file: plan.source.file, line: 1, column: 1 },
      });
    }
    if (!wrong) break;
  }
  return [...issues.values()];
}

/** The longest that an engine may take over one run. */
const LIMIT_MS = 3000;

const box: { work?: () => unknown } = createContext({});
const call = new Script('work()');

/** What `work` gives; nothing where that takes too long, and then it is stopped wherever it is. */
function inTime<T>(work: () => T): T | undefined {
  box.work = work;
  const setBack = refuseEnds((call) => new Error(`it ends the process: ${call}`));
  try {
    return call.runInContext(box, { timeout: LIMIT_MS }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  } finally {
    setBack();
  }
}

function wrongText({ config }: PlannedRun<unknown>, { render }: CommandLine<unknown>): string | undefined {
  try {
    const text: unknown = render(config);
    return typeof text === 'string' ? undefined : `\`render\` gives ${typeof text}, and no text`;
  } catch (error) {
    return `\`render\` throws: ${String(error)}`;
  }
}

function wrongWords(
  run: PlannedRun<unknown>,
  { command }: CommandLine<unknown>,
  gpus: number,
): string | undefined {
  try {
    const words: unknown = command(commandRun(run, 1, gpus));
    if (!Array.isArray(words) || words.length === 0)
      return '`command` gives no list of words, or an empty one';
    const index = words.findIndex((word) => !isWord(word));
    if (index < 0) return undefined;
    const word: unknown = words[index];
    return `\`command\` gives ${typeof word === 'string' ? JSON.stringify(word) : String(word)} as its word ${index + 1}`;
  } catch (error) {
    return `\`command\` throws: ${String(error)}`;
  }
}

/** What can be an argument of a process. */
function isWord(word: unknown): boolean {
  return typeof word === 'string' ? !word.includes('\0') : Number.isFinite(word);
}
