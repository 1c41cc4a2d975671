"""`python tools/summary/find_val_max_3times_average.py PATH KEYS`: see docs/openmixup.md."""

from _mixlab import summarize_like

summarize_like(__file__)
