import type { JsonObject } from '@mixlab/contracts';

/** An operation of RandAugment whose strength grows with its magnitude, from the first to the second number. */
function operation(type: string, key: string, from: number, to: number, more: JsonObject = {}): JsonObject {
  return { type, magnitude_key: key, magnitude_range: [from, to], ...more };
}

/** timm's set of operations for RandAugment, in OpenMixup's terms. */
export const increasingPolicies: readonly JsonObject[] = Object.freeze([
  { type: 'AutoContrast' },
  { type: 'Equalize' },
  { type: 'Invert' },
  operation('Rotate', 'angle', 0, 30),
  operation('Posterize', 'bits', 4, 0),
  operation('Solarize', 'thr', 256, 0),
  operation('SolarizeAdd', 'magnitude', 0, 110),
  ...['ColorTransform', 'Contrast', 'Brightness', 'Sharpness'].map((type) =>
    operation(type, 'magnitude', 0, 0.9),
  ),
  ...['horizontal', 'vertical'].map((direction) => operation('Shear', 'magnitude', 0, 0.3, { direction })),
  ...['horizontal', 'vertical'].map((direction) =>
    operation('Translate', 'magnitude', 0, 0.45, { direction }),
  ),
]);
