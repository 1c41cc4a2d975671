import { describe, expect, it } from 'vitest';
import { datasets, imageFolder } from '../src/datasets.ts';
import { datasetSchema } from '../src/generated/run-config-schema.ts';

describe('datasets', () => {
  it('have the sizes, classes and splits that they are published with', () => {
    const facts = Object.values(datasets).map((dataset) => {
      const { name, classes, size, trainSplit, valSplit } = datasetSchema.parse(dataset);
      return `${name}: ${classes} classes, ${size} px, ${trainSplit} and ${valSplit}`;
    });
    expect(facts).toEqual([
      'imagenet: 1000 classes, 224 px, train and val',
      'tiny-imagenet: 200 classes, 64 px, train and val',
      'cifar10: 10 classes, 32 px, train and test',
      'cifar100: 100 classes, 32 px, train and test',
      'mnist: 10 classes, 28 px, train and test',
      'fashion-mnist: 10 classes, 28 px, train and test',
      'digits: 10 classes, 16 px, train and val',
    ]);
  });

  it('are grey where they are grey', () => {
    expect(datasets.mnist.mean).toEqual([0.1307, 0.1307, 0.1307]);
    expect(datasets.fashionMnist.std).toEqual([0.353, 0.353, 0.353]);
  });

  it('may be any folder', () => {
    expect(imageFolder({ name: 'birds', classes: 9, size: 64 }).layout).toBe('imagefolder');
  });
});
