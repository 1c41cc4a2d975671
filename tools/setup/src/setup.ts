import { ensurePythonEnvironment, type Extent } from './python-environment.ts';
import { checkBash, SetupError } from './system.ts';

/** Sets up everything that a command needs; says in one line what is missing. */
export async function setUp(root: string, extent: Extent): Promise<boolean> {
  try {
    await checkBash();
    await ensurePythonEnvironment(root, extent);
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    return false;
  }
}

/** `npm run setup`: everything for development. */
export async function run(root: string): Promise<number> {
  return (await setUp(root, 'dev')) ? 0 : 1;
}
