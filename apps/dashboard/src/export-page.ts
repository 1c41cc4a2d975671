import { gzipSync } from 'node:zlib';
import { exportedHtml } from './html.ts';
import type { Observatory } from './observatory.ts';
import type { PageFiles } from './page-files.ts';
import { readRunView } from './read-run-view.ts';
import { readTableView } from './read-table-view.ts';
import { RunningTrials } from './running-trials.ts';
import type { Exported, ExportedRuns, RunView } from './view.ts';

const OUTPUT_LINES = 100;

/** The text of one HTML file that shows what an observatory has seen, with the details of every run that has started. */
export function exportPage(observatory: Observatory, files: PageFiles): string {
  const overview = observatory.overview();
  const shown: Exported = {
    overview,
    running: new RunningTrials(observatory).look(),
    tables: observatory.readable.map(readTableView),
  };
  const runs: ExportedRuns = Object.fromEntries(
    observatory.readable.map((experiment) => {
      const begun = new Set(
        experiment.trials.flatMap(({ run, directory }) => (directory === null ? [] : [run])),
      );
      const details = experiment.plan.runs
        .filter(({ name }) => begun.has(name))
        .map((run): [string, RunView] => [run.name, readRunView(observatory, experiment, run, OUTPUT_LINES)]);
      return [experiment.plan.experiment, Object.fromEntries(details)];
    }),
  );
  return exportedHtml(files, `${overview.workspace} – Mixlab`, {
    exported: packed(shown),
    'exported-runs': packed(runs),
  });
}

function packed(value: unknown): string {
  return gzipSync(JSON.stringify(value)).toString('base64');
}
