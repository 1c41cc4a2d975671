import { Command as Commander } from 'commander';
import type { Command } from '@mixlab/contracts';
import { addCommand } from 'mixlab/command-line';

const HEAD = `# Commands

Written by \`npx nx run nx-plugin:schemas\` from the options of the commands; do not edit it.

\`npx mixlab COMMAND --help\` prints the same. Exit codes: 0 done, 1 failed, 2 wrong options or input; those of \`run\` are in
[launching](../launching.md#stopping).
`;

/** `docs/reference/commands.md`: every command with its arguments and options, as `--help` has them. */
export function commandsPage(commands: readonly Command[]): string {
  const parts = commands.map((command) => {
    const program = new Commander('mixlab');
    addCommand(program, command, async () => undefined);
    const added = program.commands[0]!;
    const help = added.createHelp();
    const rows = [
      ...help.visibleArguments(added).map((one) => [help.argumentTerm(one), help.argumentDescription(one)]),
      ...added.options
        .filter((one) => !one.hidden)
        .map((one) => [help.optionTerm(one), help.optionDescription(one)]),
    ].map(([term = '', text = '']) => `| \`${term.replaceAll('|', '\\|')}\` | ${plain(text)} |`);
    return [
      `## ${command.name}`,
      plain(command.description),
      `\`\`\`\n${help.commandUsage(added)}\n\`\`\``,
      ['| argument or option | what it does |', '|---|---|', ...rows].join('\n'),
    ].join('\n\n');
  });
  return `${HEAD}\n${parts.join('\n\n')}\n`;
}

/** Text of a terminal as text of a page: nothing in it is HTML, emphasis or a column. */
function plain(text: string): string {
  return text.replace(/[<*[\]|]|\b_|_\b/g, '\\$&');
}
