"""`python tools/summary/find_regression_val_3times_average.py PATH KEYS`: see docs/openmixup.md."""

from _mixlab import summarize_like

summarize_like(__file__)
