/** `run` of the workspace's TypeScript module `entry`; undefined, after saying why, where that cannot be imported. */
export async function loadRun(entry) {
  const bundle = await (await import('./bundle.mjs')).findBundle(entry);
  if (!bundle && !(await readTypeScript())) return undefined;
  return (await import(bundle ?? entry)).run;
}

/** Lets Node import TypeScript; false where that is not installed. */
async function readTypeScript() {
  let tsx;
  try {
    tsx = await import('tsx/esm/api');
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write('mixlab: its packages are not installed; run "npm run setup" in the workspace\n');
    return false;
  }
  // A hundred small modules, which load in half the time as long as no hook sees them.
  await import('zod');
  // The sources need no tsconfig to run, and the one of the folder one stands in is somebody else's.
  tsx.register({ tsconfig: false });
  return true;
}
