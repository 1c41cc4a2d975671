// Generated from the training library by `npx nx run catalog:generate`. Do not edit.

import type { Migration } from '@mixlab/contracts';

/** Versions of the run config after the first, each with what it changed. */
export const migrations: readonly Migration[] = [
  {
    version: 2,
    changes: [
      { kind: 'renamed', path: 'neighSize', method: 'puzzlemix', to: 'borderSize' },
      { kind: 'renamed', path: 'nLabels', method: 'puzzlemix', to: 'maskLevels' },
      { kind: 'renamed', path: 'tEps', method: 'puzzlemix', to: 'transportPrice' },
      { kind: 'renamed', path: 'tSize', method: 'puzzlemix', to: 'transportSize' },
      { kind: 'renamed', path: 'advP', method: 'puzzlemix', to: 'attackProbability' },
      { kind: 'renamed', path: 'advEps', method: 'puzzlemix', to: 'attackSize' },
    ],
  },
];
