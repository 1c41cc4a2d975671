// Runs the workspace's Python with the given arguments, in the current folder: what Nx's Python targets call.
import { execa } from 'execa';
import { resolve } from 'node:path';
import { register } from 'tsx/esm/api';

register();
const { workspacePython } = await import('./src/workspace-python.ts');
const python = workspacePython(resolve(import.meta.dirname, '../..'));
const { exitCode, cause } = await execa(python, process.argv.slice(2), { stdio: 'inherit', reject: false });
if (cause) console.error(`${python} could not be started: run npm run setup first`);
process.exitCode = exitCode ?? 1;
