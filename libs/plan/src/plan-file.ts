import { PLAN_SCHEMA_VERSION } from '@mixlab/contracts';
import type { PlanFile, PlanRun } from '@mixlab/contracts';
import type { Plan, PlannedRun } from './plan.ts';

/** Runs of one piece of text: large enough to be written in one go, small enough to hold. */
const RUNS_A_PIECE = 64;

/** The text of `plan.json` in pieces, a run a line. The same plan gives the same bytes. */
export function* planFilePieces(plan: Plan<unknown>): Generator<string, void, undefined> {
  const head = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    experiment: plan.experiment,
    engine: plan.engine,
    source: { file: plan.source.file, sha256: plan.source.sha256 },
    launch: plan.launch,
  } satisfies Omit<PlanFile, 'runs'>;
  let piece = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "runs": [`;
  for (const run of plan.runs()) {
    piece += `${run.index === 0 ? '' : ','}\n    ${runText(run)}`;
    if ((run.index + 1) % RUNS_A_PIECE === 0) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}\n  ]\n}\n`;
}

/** `JSON.stringify(planRun(run))`, faster: most runs share their method and report with others. */
function runText(run: PlannedRun<unknown>): string {
  const { name, hash, axes, method, configPath, trials, report, selected } = run;
  return (
    `{"name":"${name}","hash":"${hash}","axes":${JSON.stringify(axes)},"method":${sharedText(method)},` +
    `"config":"${configPath}","trials":${trials},"report":${sharedText(report)},"selected":${selected}}`
  );
}

const texts = new WeakMap<object, string>();

function sharedText(value: object): string {
  let text = texts.get(value);
  if (text === undefined) texts.set(value, (text = JSON.stringify(value)));
  return text;
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
