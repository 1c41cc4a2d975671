import type { Engine } from '../engine.ts';
import { indentedJson } from '../indented-json.ts';

const print = indentedJson();

/** The training library of this repository: its config files are the run configs themselves. */
export const mixlabEngine: Engine = {
  name: 'mixlab',
  configText: (config) => `${print(config)}\n`,
  trainer: 'mixlabTrainer',
};
