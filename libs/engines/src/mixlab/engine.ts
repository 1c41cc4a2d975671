import type { Engine } from '../engine.ts';

/** The training library of this repository: its configs are the run configs themselves. */
export const mixlabEngine: Engine = {
  name: 'mixlab',
  configText: (config) => `${JSON.stringify(config, null, 2)}\n`,
  trainer: 'mixlabTrainer',
};
