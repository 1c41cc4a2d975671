import { offsetFromRoot, type TargetConfiguration } from '@nx/devkit';
import { availableParallelism } from 'node:os';

/** `lint`, `typecheck` and `test` of a Python project, in the workspace's Python. */
export function pythonTargets(name: string, root: string): Record<string, TargetConfiguration> {
  const report = `reports/junit/${name}.xml`;
  // Many of these tests wait for processes of their own: a worker more than cores, but no more than memory holds.
  const workers = `--numprocesses=${Math.min(4, availableParallelism() + 1)} --dist=worksteal`;
  const up = offsetFromRoot(root);
  const python = (commands: string[]): TargetConfiguration => ({
    executor: 'nx:run-commands',
    cache: true,
    inputs: ['default'],
    options: {
      commands: commands.map((text) => `node ${up}tools/setup/python.mjs ${text}`),
      cwd: '{projectRoot}',
      parallel: false,
    },
  });
  return {
    lint: python([
      '-m ruff check',
      '-m ruff format --check',
      `-c 'from importlinter.cli import lint_imports_command as lint; lint()'`,
    ]),
    typecheck: python(['-m mypy']),
    test: {
      ...python([`-m pytest ${workers} --junitxml=${up}${report}`]),
      outputs: [`{workspaceRoot}/${report}`],
    },
  };
}
