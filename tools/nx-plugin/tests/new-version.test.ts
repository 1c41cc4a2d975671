import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { root, WorkspaceCopy } from './workspace-copy';

/** A workspace as version 1 of the run config left it. */
const FROZEN = join(root, 'libs/training/tests/data/version-1');
const CONFIG = 'configs/frozen.config.ts';

/** The version of today. */
const NOW = Number(
  /^SCHEMA_VERSION = (\d+)$/m.exec(
    readFileSync(join(root, 'libs/training/src/mixlab/config.py'), 'utf8'),
  )?.[1],
);
const NEXT = NOW + 1;

const MIGRATION = `    Migration(
        version=${NEXT},
        changes=(
            NewDefault(path="inputs.erase", before=0.0),
            NewDefault(method="puzzlemix", path="beta", before=1.2),
        ),
    ),
)

NEWEST`;

it('a version with other defaults, made as docs/migrations.md says, leaves experiments what they were', async () => {
  const copy = new WorkspaceCopy();
  onTestFinished(() => copy.remove());
  const edit = (path: string, ...pairs: readonly (readonly [string, string])[]) => {
    const file = join(copy.root, 'libs/training/src/mixlab', path);
    let text = readFileSync(file, 'utf8');
    for (const [was, is] of pairs) {
      expect(text.split(was), `${was} in ${path}`).toHaveLength(2);
      text = text.replace(was, () => is);
    }
    writeFileSync(file, text);
  };
  edit(
    'core/migrations.py',
    [')\n\nNEWEST', MIGRATION],
    ['import Migration, Renamed,', 'import Migration, NewDefault, Renamed,'],
  );
  edit(
    'config.py',
    [`SCHEMA_VERSION = ${NOW}\n`, `SCHEMA_VERSION = ${NEXT}\n`],
    [`Literal[${NOW}], BeforeValidator`, `Literal[${NEXT}], BeforeValidator`],
    [`"x-identity-const": 1})\n    ] = ${NOW}\n`, `"x-identity-const": 1})\n    ] = ${NEXT}\n`],
    ['erase: Probability = 0.0', 'erase: Probability = 0.25'],
  );
  edit('methods/puzzlemix.py', ['beta: NonNegative = 1.2', 'beta: NonNegative = 0.9']);
  // What `npx nx run catalog:generate` runs.
  const generated = await copy.run('node_modules/.bin/tsx', 'tools/catalog/src/generate.ts');
  expect(generated.exitCode, generated.all).toBe(0);

  const home = join(copy.root, 'frozen');
  cpSync(FROZEN, home, { recursive: true });
  symlinkSync(join(copy.root, 'node_modules'), join(home, 'node_modules'));
  const mixlab = (...args: string[]) => copy.runIn(home, 'node', '../apps/cli/bin/mixlab.mjs', ...args);

  // What changed under an experiment's feet is said until somebody rewrites it.
  const { stdout: notes } = await mixlab('check');
  expect(notes.split('\n').filter((line) => line.startsWith('note: '))).toEqual([
    noteOf('inputs.erase', 0),
    noteOf('mix.puzzlemix: beta', 1.2),
  ]);
  const fixed = await mixlab('fix', '--yes');
  expect(fixed.exitCode, fixed.all).toBe(0);
  expect(fixed.stdout).toContain(`rewrote 1 file; configs/mixlab.json says version ${NEXT}`);
  expect(readFileSync(join(home, CONFIG), 'utf8').split('\n').slice(10, 15)).toEqual([
    '  mixMode: vary(mix.mixup({ alpha: 0.2 }), mix.puzzlemix({ transportSize: 2, attackProbability: vary(0.25, 0.5), beta: 1.2 })),',
    '  trials: 1,',
    '  report: medianOfLast(1),',
    '  launch: { gpusPerRun: 0 },',
    "  'inputs.erase': 0,",
  ]);
  // The hashes of version 1, whose runs are trained: none is lost.
  const diff = await mixlab('diff');
  expect(diff.stdout.split('\n')[0], diff.all).toBe('frozen: 2 renamed, 1 unchanged');
});

function noteOf(path: string, before: number): string {
  const what = `has another default than ${before} since version ${NEXT}`;
  return `note: configs/mixlab.json:1:1: ${path}: ${what}: \`npx mixlab fix\` writes the former one where nothing sets it`;
}
