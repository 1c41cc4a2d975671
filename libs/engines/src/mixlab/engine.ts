import type { Engine } from '../engine.ts';
import { IndentedJson } from '../indented-json.ts';

const json = new IndentedJson(2, '\n');

/** The training library of this repository: its config files are the run configs themselves. */
export const mixlabEngine: Engine = {
  name: 'mixlab',
  configText: (config) => json.print(config).toString(),
  configBytes: (config) => json.print(config),
  trainer: 'mixlabTrainer',
  leastGpus: 0,
};
