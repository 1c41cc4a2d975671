import type { Engine } from '../engine.ts';
import { IndentedJson } from '../indented-json.ts';

// As OpenMixup's own generator prints it.
const json = new IndentedJson(4, '');

/** A checkout of OpenMixup: its config files are flattened configs as `mmcv.Config` reads them. */
export const openmixupEngine: Engine = {
  name: 'openmixup',
  configText: (config) => json.print(config).toString(),
  configBytes: (config) => json.print(config),
  trainer: 'openmixupTrainer',
  leastGpus: 1,
};
