import { unreadInOpenMixup } from '@mixlab/catalog/openmixup-unread';
import { describe, expect, it } from 'vitest';

const resize = { type: 'Resize', size: 224 };
const base = {
  data_source_cfg: { type: 'CIFAR100', root: 'data/cifar100/' },
  dataset_type: 'ClassificationDataset',
  train_pipeline: [resize, { type: 'Flip' }],
  prefetch: false,
  data: {
    train: {
      type: 'ClassificationDataset',
      data_source: { split: 'train', type: 'CIFAR100', root: 'data/cifar100/' },
      pipeline: [resize, { type: 'Flip' }],
    },
    val: {
      data_source: { split: 'test', type: 'CIFAR100', root: 'data/cifar100/' },
      pipeline: [{ type: 'Flip' }],
    },
  },
  model: { alpha: 1 },
  runner: { type: 'EpochBasedRunner', max_epochs: 400 },
};

describe('what OpenMixup reads nowhere', () => {
  it.each([
    ['total_epochs', ['runner.max_epochs']],
    ['seed', ['trials']],
    ['data_source_cfg.root', ['data.train.data_source.root', 'data.val.data_source.root']],
    ['train_pipeline.0.size', ['data.train.pipeline.0.size']],
    ['train_pipeline', ['data.train.pipeline']],
    ['dataset_type', ['data.train.type']],
    ['prefetch', []],
  ])('%s belongs to %j', (path, instead) => {
    expect(unreadInOpenMixup(base, path)).toEqual(instead);
  });

  it.each(['model.alpha', 'model.new', 'runner.max_epochs', 'data.train.pipeline.0.size', 'nowhere'])(
    '%s is not such a path',
    (path) => {
      expect(unreadInOpenMixup(base, path)).toBeUndefined();
    },
  );

  it('total_epochs counts where there is no runner', () => {
    const { runner: _, ...without } = base;
    expect(unreadInOpenMixup({ ...without, total_epochs: 100 }, 'total_epochs')).toBeUndefined();
    expect(unreadInOpenMixup({ ...base, runner: { max_iters: 9 } }, 'total_epochs')).toEqual([
      'runner.max_iters',
    ]);
  });
});
