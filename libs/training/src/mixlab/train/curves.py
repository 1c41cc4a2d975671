"""Where a training's numbers go beside its log: TensorBoard, and whatever else was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol


class Board(Protocol):
    """Something that draws curves of one run over all its attempts."""

    name: str

    def begin(self, steps: int) -> None:
        """Called once before the first write: this attempt goes on after so many steps of the optimiser.

        What an earlier attempt wrote of later steps counts no more.
        """

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        """Draw numbers by their tags, at a step of the optimiser over the whole training, from 1."""

    def close(self, *, completed: bool) -> None:
        """The attempt is over, and with it the training, or not."""


class Curves:
    """Several boards; one that fails is left out from then on, with a warning. A training goes on without."""

    def __init__(self, boards: Sequence[Board], say: Callable[[str], None]) -> None:
        self._boards, self._say = list(boards), say
        self._begins_after = 0
        self._begun = False

    def begin(self, steps: int) -> None:
        """This attempt goes on after so many steps; it begins at the first write."""
        self._begins_after = steps

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        """See `Board.write`."""
        if not self._begun:
            self._begun = True
            self._each(lambda board: board.begin(self._begins_after))
        self._each(lambda board: board.write(step, scalars))

    def close(self, *, completed: bool) -> None:
        """See `Board.close`."""
        self._each(lambda board: board.close(completed=completed))
        self._boards.clear()

    def _each(self, act: Callable[[Board], None]) -> None:
        for board in list(self._boards):
            try:
                act(board)
            except Exception as error:  # whatever it is, it is no reason to lose a training
                self._boards.remove(board)
                reason = (str(error).strip() or type(error).__name__).splitlines()[0]
                self._say(f"warning: nothing goes to {board.name} any more: {reason}")
