// First step of every `npm run …`: plain JavaScript without dependencies, for a machine that has only Node.
// It brings Node's packages up to date, then hands over to src/<command>.ts.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const [command, ...args] = process.argv.slice(2);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Mixlab needs Node 20.19 or newer, and this is ${process.versions.node}: install it from https://nodejs.org`,
  );
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const stamp = join(root, 'node_modules', '.mixlab-setup');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('Installing Node packages (about a minute the first time) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (npm.error)
    fail(`npm could not be started (${npm.error.message}): it comes with Node, from https://nodejs.org`);
  if (npm.status !== 0) fail('npm ci failed: see its message above, then run the same command again');
  writeFileSync(stamp, lock);
}

const { register } = await import(pathToFileURL(join(root, 'node_modules/tsx/dist/esm/api/index.mjs')).href);
register();
const { run } = await import(`./src/${command}.ts`);
process.exitCode = await run(root, args);

function fail(message) {
  console.error(message);
  process.exit(1);
}
