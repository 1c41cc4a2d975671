#!/usr/bin/env node
// Plain JavaScript: it has to run, and say what is wrong, on any Node that reads ES modules.
const REQUIRED = [20, 19];

async function start() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
    process.stderr.write(
      `mixlab needs Node ${REQUIRED.join('.')} or newer, this is ${process.versions.node}: https://nodejs.org\n`,
    );
    return 1;
  }
  // TypeScript in the workspace, JavaScript in the published package: package.json says which.
  const entry = import.meta.resolve('#run');
  const argv = process.argv.slice(2);
  const run = entry.endsWith('.ts')
    ? await (await import('./from-source.mjs')).loadRun(entry)
    : (await import(entry)).run;
  return run ? run(argv) : 1;
}

const exitCode = await start();
// What a config has left running is told, and must not keep the command.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
