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
  let tsx;
  try {
    tsx = await import('tsx/esm/api');
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write('mixlab: its packages are not installed; run "npm run setup" in the workspace\n');
    return 1;
  }
  // A hundred small modules, which load in half the time as long as no hook sees them.
  await import('zod');
  // The sources need no tsconfig to run, and the one of the folder one stands in is somebody else's.
  tsx.register({ tsconfig: false });
  const { run } = await import('../src/run.ts');
  return run(process.argv.slice(2));
}

process.exitCode = await start();
