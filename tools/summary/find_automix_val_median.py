"""`python tools/summary/find_automix_val_median.py PATH EPOCHS LAST`: see docs/openmixup.md."""

from _mixlab import summarize_like

summarize_like(__file__)
