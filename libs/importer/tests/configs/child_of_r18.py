_base_ = 'r18.py'
custom_hooks = None
data = dict(train=dict(data_source=dict(list_file='other.txt')), val=None)
optimizer = dict(_delete_=False, lr=0.2)
