"""Everything that the evaluator knows beyond plain values."""
import copy
import os.path as osp
import math
from copy import deepcopy
from math import pi

import numpy as np


def scaled(lr, *, batch=256, **others):
    factor = batch / 256
    return dict(lr=lr * factor, **others)


double = lambda x: 2 * x
names = ['mixup', "cut" 'mix', '''puzzle
mix''', r'a\d', 'tab\t\x41\u00e9'[:5]]
n, (first, *rest) = len(names), names
a = b = dict(x=1)
b['y'] = a.copy()
b['y']['x'] += 1.5
c = deepcopy(copy.copy(a))
c.update(z=3, x=None)
c.setdefault('w', []).append('v')
got = c.get('missing', c.pop('z'))
squares = [i ** 2 for i in range(6) if i % 2]
table = {k: v for k, v in zip(names[:2], squares)}
pairs = [(i, j) for i in 'ab' for j in range(2)]
unique = sorted({3, 1, 3, 2}, reverse=True)
total = 0
for i, name in enumerate(names):
    if name == 'cutmix':
        continue
    if i > 3:
        break
    total += len(name)
else:
    total = -1
line = 'ep{:03d}_{lr:.2e}_{}'.format(5, [1, (2,), 'x'], lr=0.00015) + '{1}{0[x]:<4}|'.format(a, None) + f'{names[0]!r:>10}|{pi:.{n - 3}f}|{total=}'
old = '%s-%05.1f-%d%%' % ('x', 3.14159, 7)
parts = osp.join('work', '/data', 'x.txt').split('/')
chosen = 'big' if n > 3 and not a else ('small' or 'never')
chained = 1 < n <= 5 != 6, 'mix' in names[0], None is None, not 0
sliced = names[::-1][1:3], 'abcdef'[-2:], (1, 2, 3)[1:], [*range(3), *rest[:1]]
arithmetic = [7 // 2, -7 // 2, -7 % 3, 7 / 2, 2 ** -1, 2 ** 0.5, 1e16, 1e-5, 100000.0, 5e-324, 1 << 4, ~5,
              round(2.5), round(2.675, 2), int('12'), float('1e3'), abs(-3), max(1, 2.5), min([3, 2]), math.floor(2.7), math.inf > 1,
              sum([1, 2.5]), divmod(7, 3), True + 1, 0o17, 1., .5e1, int(3.9), pow(2, 3)]
optimizer = scaled(0.1, batch=512, type='SGD')
doubled = list(map(double, [1, 2]))
frozen = tuple([1, 2])
joined = {**a, 'x': 9, **dict([('k', 1)])}
keys = {1: 'int', True: 'same', None: 0, 1.5: 'float'}
listed = list(a.keys()), list(a.items())[0], any([0, 1]), all([])
words = [s.upper().replace('X', 'y').strip('M') for s in names[:2]], 'a,b,,c'.split(','), ' a  b '.split(), '7'.zfill(3)
unused = [item for item in (1, 2)][-1]
c.clear()
_private = 1
__hidden__ = 2
