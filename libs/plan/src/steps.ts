import type { SweepSchema } from '@mixlab/contracts';
import type { Step } from '@mixlab/dsl';
import { refuseInvalid, refuseUnknownPath, refuseUnread } from './check-node.ts';
import { axisValues, readCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import { headFields, readReport } from './head.ts';
import type { AuthoredReport } from './head.ts';
import type { IssueLog } from './issue-log.ts';
import { holdsVary, placed } from './node-value.ts';
import { overlap } from './paths.ts';
import { patchOf } from './patch.ts';
import type { Patch } from './patch.ts';
import type { Sources } from './sources.ts';

export interface WhenStep extends Condition {
  readonly kind: 'when';
  readonly patches: readonly Patch[];
  readonly report: AuthoredReport | undefined;
  /** The same as what it sets. */
  readonly reportPatch: Patch | undefined;
}

export interface ExcludeStep extends Condition {
  readonly kind: 'exclude';
}

/** The steps of an experiment that can be carried out; what is wrong in the others is reported. */
export function readSteps(
  steps: readonly Step[],
  sources: Sources,
  schema: SweepSchema<unknown>,
  log: IssueLog,
): (WhenStep | ExcludeStep)[] {
  const values = axisValues(sources);
  return steps.flatMap((step): (WhenStep | ExcludeStep)[] => {
    const wanted = readCondition(step, values, log);
    if (step.kind === 'exclude') return wanted ? [{ kind: 'exclude', at: step.at, wanted }] : [];
    const overrides = readOverrides(step, schema, log);
    return wanted ? [{ kind: 'when', at: step.at, wanted, ...overrides }] : [];
  });
}

function readOverrides(
  { overrides: node, at }: Extract<Step, { readonly kind: 'when' }>,
  schema: SweepSchema<unknown>,
  log: IssueLog,
): Pick<WhenStep, 'patches' | 'report' | 'reportPatch'> {
  if (node.kind !== 'object') {
    log.add({
      code: 'invalid-overrides',
      message: '`when` needs the values that it sets',
      ...placed(node.at, at),
    });
    return { patches: [], report: undefined, reportPatch: undefined };
  }
  const reportNode = node.entries.find(([path]) => path === 'report')?.[1];
  const patches: Patch[] = [];
  const paths: string[] = [];
  for (const [path, value] of node.entries) {
    if (path === 'report') continue;
    const other = paths.find((earlier) => overlap(path, earlier));
    paths.push(path);
    if (headFields.includes(path)) {
      const message = `\`${path}\` is the same for all runs of an experiment: \`when\` does not change it`;
      log.add({ code: 'does-not-vary', message, path, ...placed(value.at) });
    } else if (other !== undefined) {
      const message = `\`${path}\` and \`${other}\` set the same value: write it in one place`;
      log.add({ code: 'two-sources', message, path, ...placed(value.at) });
    } else if (holdsVary(value)) {
      const message = 'nothing varies in a `when`: write one value, or let it vary in the experiment';
      log.add({ code: 'does-not-vary', message, path, ...placed(value.at) });
    } else if (
      !refuseUnread(path, schema, value.at, log) &&
      !refuseUnknownPath(path, schema.jsonSchema, value.named ?? value.at, log) &&
      !refuseInvalid(value, path, log)
    ) {
      patches.push(patchOf(path, value, { by: 'when' }));
    }
  }
  const report = readReport(reportNode, schema, log);
  const reportPatch = report && reportNode && patchOf('report', reportNode, { by: 'when' });
  return { patches, report, reportPatch };
}
