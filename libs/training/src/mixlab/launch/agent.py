"""Starts the ranks of one training through torchrun: `python -m mixlab.launch.agent TORCHRUN-ARGUMENTS`.

torchrun would end its ranks 30 seconds after a SIGTERM, die of a SIGUSR1 and outlive its supervisor. Here it
leaves signals to the supervisor, which passes them on to the ranks themselves; ends when the supervisor does;
and says how each failed rank ended.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading

from mixlab.core.interruption import SIGNALS
from mixlab.core.supervised_hold import SOCKET_VARIABLE, SPECTATOR, connect, end_with_supervisor


def main(arguments: list[str]) -> int:
    """Runs torchrun to its end; 0 if every rank exited with 0, else 1."""
    for number in SIGNALS:
        # Ranks inherit this until they listen themselves.
        signal.signal(number, signal.SIG_IGN)
    connection, _, _claims = connect(os.environ[SOCKET_VARIABLE], SPECTATOR)
    end_with_supervisor(connection, threading.Event())

    logging.disable(logging.ERROR)  # the supervisor says what went wrong
    from torch.distributed import run
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    parser = run.get_args_parser()
    if "--signals-to-handle" in parser.format_help():
        arguments = ["--signals-to-handle=SIGQUIT", *arguments]
    try:
        run.main(arguments)
    except ChildFailedError as error:
        exits = {str(rank): failure.exitcode for rank, failure in error.failures.items()}
        connection.sendall(json.dumps({"exits": exits}).encode() + b"\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
