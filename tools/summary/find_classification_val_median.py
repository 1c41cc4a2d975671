"""`python tools/summary/find_classification_val_median.py PATH EPOCHS LAST KEYS`: see docs/openmixup.md."""

from _mixlab import summarize_like

summarize_like(__file__)
