_base_ = [
    'base/flowers.py', './base/model.json',
    'base/schedule.yaml',
    'base/runtime.py',
]
model = dict(
    alpha=[0.1, 1, ],  # one for each mode
    mix_mode=["mixup", "cutmix"],
    backbone=dict(_delete_=True, type='VisionTransformer', arch='deit-small', img_size=64,
                  init_cfg=[dict(type='TruncNormal', layer='Linear', std=.02)]),
    head=dict(loss=dict(loss_weight=0.5), num_classes=102, in_channels=512 * 4 // 2),
    neck=dict(_delete_=True, kept='the base has none to delete'))
optimizer = dict(weight_decay=5e-4, paramwise_options={
    '(bn|gn)(\\d+)?.(weight|bias)': dict(weight_decay=0.), r'\.bias$': dict(lr_mult=-1)})
lr_config = {{_base_.lr_config}}
epochs = {{ _base_.runner.max_epochs }}
where = '{{ fileBasename }}', '{{fileBasenameNoExtension}}{{ fileExtname }}'
evaluation = dict(initial=True, interval={{_base_.checkpoint.every}}, extra=({{_base_.seed}}, [{{_base_.seed}}]))
log_level = dict
log_level = 'WARNING'
del epochs
epochs = 3
custom_hooks = [
    dict(type='EMAHook', momentum=1 - 0.999, warm_up=10 ** 2, skip=0xff, many=1_000),
]
