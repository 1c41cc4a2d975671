"""Successive halving: who of an experiment's runs is trained on, by results of their first epochs.

All runs that the scripts list are trained to the epoch of the first rung. The best of them, one in `eta`, go
on to the next rung, from their checkpoints, and so on to the last epoch; the others stay where they are.
Schedules are those of the whole training, and nothing is trained twice. What is decided depends on the runs'
logs alone: nothing is random, and whoever decides finds the same.
"""

from .contest import Contest, Entrant, read_contest
from .rungs import Rung, find_rung

__all__ = ["Contest", "Entrant", "Rung", "find_rung", "read_contest"]
