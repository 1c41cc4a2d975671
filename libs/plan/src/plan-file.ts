import { PLAN_SCHEMA_VERSION } from '@mixlab/contracts';
import type { Piece, PlanFile, PlanRun } from '@mixlab/contracts';
import type { Plan, PlannedRun } from './plan.ts';

/** `plan.json` in pieces, a run a line. The same plan gives the same bytes. */
export function* planFilePieces(plan: Plan<unknown>): Generator<Piece, void, undefined> {
  const { file, sha256, imports = {} } = plan.source;
  const paths = Object.keys(imports).sort();
  const head = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    experiment: plan.experiment,
    engine: plan.engine,
    runConfig: plan.runConfig,
    source: {
      file,
      sha256,
      ...(paths.length > 0 && { imports: Object.fromEntries(paths.map((path) => [path, imports[path]!])) }),
    },
    launch: plan.launch,
    ...(plan.halving && { halving: plan.halving }),
  } satisfies Omit<PlanFile, 'runs'>;
  let lead = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "runs": [`;
  // `JSON.stringify(planRun(run))`, faster: most runs share their method and report with others.
  for (const { name, hash, axes, method, configPath, trials, report, selected } of plan.runs()) {
    yield `${lead}\n    {"name":"${name}","hash":"${hash}","axes":${JSON.stringify(axes)},"method":`;
    yield printed(method);
    yield `,"config":${JSON.stringify(configPath)},"trials":${trials},"report":`;
    yield printed(report);
    yield `,"selected":${selected}}`;
    lead = ',';
  }
  yield '\n  ]\n}\n';
}

const known = new WeakMap<object, Uint8Array>();

/** The JSON of something that runs share. */
function printed(value: object): Uint8Array {
  let bytes = known.get(value);
  if (bytes === undefined) known.set(value, (bytes = Buffer.from(JSON.stringify(value))));
  return bytes;
}

/** A run as `plan.json` holds it. */
export function planRun(run: PlannedRun<unknown>): PlanRun {
  const { name, hash, axes, method, configPath, trials, report, selected } = run;
  return {
    name,
    hash,
    axes: axes as PlanRun['axes'],
    method: method as PlanRun['method'],
    config: configPath,
    trials,
    report,
    selected,
  };
}
