# yapf:disable
log_config = dict(interval=100, hooks=[dict(type='TextLoggerHook'), ])
# yapf:enable
dist_params = dict(backend='nccl')
log_level = 'INFO'
load_from = None
resume_from = None
workflow = [('train', 1)]
seed = 7
checkpoint = {'every': 1, "keep": -1}
