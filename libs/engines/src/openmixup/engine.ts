import type { PythonFloats } from '@mixlab/contracts';
import type { Engine } from '../engine.ts';
import { IndentedJson } from '../indented-json.ts';
import { PythonJson } from './python-json.ts';

/** What OpenMixup's base configs write as floats, of the fields that `translate` sets: `loss_weight=1.0`. */
const translated: PythonFloats = {
  places: [],
  fields: [
    ...[
      'adjust_scope',
      'alpha',
      'bias',
      'drop_rate',
      'hole_aspect_ratio',
      'loss_weight',
      'max_norm',
      'max_soft',
    ],
    ...['min_attr', 'min_lr', 'val', 'weight_decay'],
  ],
};

/** A checkout of OpenMixup: its config files are flattened configs as `mmcv.Config` reads them, and its own generator prints. */
export function openmixupEngine(floats = translated): Engine {
  const python = new PythonJson(floats);
  const json = new IndentedJson(4, '', (field, value, indent) => python.print(field, value, indent));
  return {
    name: 'openmixup',
    configText: (config) => json.print(config).toString(),
    configBytes: (config) => json.print(config),
    trainer: 'openmixupTrainer',
    leastGpus: 1,
  };
}
