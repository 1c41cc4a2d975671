import type { CommandLine, ConfigIssue } from '@mixlab/contracts';
import { commandRun } from '@mixlab/engines';
import type { Plan, PlannedRun } from '@mixlab/plan';

/** What is wrong with what an engine of a user's own makes of the runs of a plan; the same of many runs once. */
export function commandIssues(plan: Plan<unknown>): ConfigIssue[] {
  const { commandLine, launch } = plan;
  if (!commandLine) return [];
  const issues = new Map<string, ConfigIssue>();
  for (const run of plan.runs()) {
    const wrong = [wrongText(run, commandLine), wrongWords(run, commandLine, launch.gpusPerRun)];
    for (const what of wrong) {
      if (what === undefined || issues.has(what)) continue;
      const message = `the engine's ${what}, for the run ${run.name}`;
      issues.set(what, {
        code: 'engine-failed',
        message,
        at: { file: plan.source.file, line: 1, column: 1 },
      });
    }
  }
  return [...issues.values()];
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
