import { newestVersion, upgradeMethod, upgradePath } from '@mixlab/catalog/upgrade';
import type { PlanFile, PlanRun } from '@mixlab/contracts';

/** A plan whose run configs are of an older version, with the names of today; hashes and files are what they were. */
export function upgradePlan(plan: PlanFile): PlanFile {
  const { schema, version } = plan.runConfig;
  if (schema !== 'mixlab' || version >= newestVersion) return plan;
  const runConfig = { schema, version: newestVersion };
  return { ...plan, runConfig, runs: plan.runs.map((run) => upgradeRun(run, version)) };
}

/** Why nothing can be read off a plan, where its run configs are of a version that is not known yet. */
export function newerRunConfig({ runConfig: { schema, version } }: PlanFile): string | undefined {
  return schema === 'mixlab' && version > newestVersion
    ? `is of version ${version} of the run config, and this Mixlab knows versions up to ${newestVersion}`
    : undefined;
}

function upgradeRun(run: PlanRun, since: number): PlanRun {
  const { mixMode } = run.axes;
  if (typeof mixMode !== 'string') return run;
  const axes = Object.entries(run.axes).map(([path, value]) => [upgradePath(path, mixMode, since), value]);
  const method = upgradeMethod(run.method, mixMode, since) as PlanRun['method'];
  return { ...run, axes: Object.fromEntries(axes) as PlanRun['axes'], method };
}
