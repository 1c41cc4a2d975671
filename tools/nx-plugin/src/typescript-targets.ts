import { offsetFromRoot, type TargetConfiguration, workspaceRoot } from '@nx/devkit';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** `lint`, `typecheck` and, where there are tests, `test` of a TypeScript project. */
export function typescriptTargets(name: string, root: string): Record<string, TargetConfiguration> {
  const lint = command(`eslint ${root} && prettier --check ${root} --log-level warn`, ['default']);
  const typecheck = command(`tsc -p ${root}`, ['default', '^default', 'sharedGlobals']);
  if (!existsSync(join(workspaceRoot, root, 'vitest.config.ts'))) return { lint, typecheck };
  const report = `reports/junit/${name}.xml`;
  // Vitest takes the file of a report relative to its root. Files of tests share the modules that they load, half of what
  // small ones cost.
  const test = command(
    `vitest run --no-isolate --root ${root} --reporter=default --reporter=junit --outputFile.junit=${offsetFromRoot(root)}${report}`,
    ['default', '^default', 'sharedGlobals', 'trainingLibrary'],
  );
  return { lint, typecheck, test: { ...test, outputs: [`{workspaceRoot}/${report}`] } };
}

function command(text: string, inputs: string[]): TargetConfiguration {
  return { executor: 'nx:run-commands', cache: true, inputs, options: { command: text, cwd: '.' } };
}
