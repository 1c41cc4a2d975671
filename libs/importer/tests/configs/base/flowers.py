# Flowers at 64 pixels.
data_source_cfg = dict(type='FlowerList', return_label=True)
data_root = 'data/flowers'
mean_std = dict(mean=[0.5] * 3, std=[1 / 4, .25, 2.5e-1])
train_pipeline = [
    dict(type='RandomResizedCrop', size=64, scale=(0.08, 1.)),
    dict(type='RandomHorizontalFlip'),
]
test_pipeline = []

prefetch = False
if not prefetch:
    train_pipeline.extend([dict(type='ToTensor'), dict(type='Normalize', **mean_std)])
test_pipeline.extend(train_pipeline[2:])
if prefetch:
    test_pipeline.append(dict(type='Never'))
elif data_root.startswith('data'):
    test_pipeline.insert(0, dict(type='Resize', size=(64, 64), interpolation=3))
else:
    raise ValueError('never carried out')

data = dict(
    imgs_per_gpu=100, workers_per_gpu=4, total=100 * 4,
    train=dict(
        type='Mixed',
        data_source=dict(list_file=data_root + '/train.txt', root=f'{data_root}/images', **data_source_cfg),
        pipeline=train_pipeline, prefetch=prefetch),
    val=dict(
        type='Mixed',
        data_source={'list_file': '%s/%s.txt' % (data_root, 'val'), **data_source_cfg, 'return_label': False},
        pipeline=test_pipeline, prefetch=False))
