"""What the files beside this one have in common: each is `mixlab summarize --like=` its own name."""

import os
import shutil
import sys
from pathlib import Path


def summarize_like(file: str) -> None:
    node = shutil.which("node")
    if node is None:
        sys.exit("there is no node on PATH: Mixlab needs Node 20.19 or newer, https://nodejs.org")
    command = Path(__file__).resolve().parents[2] / "apps/cli/bin/mixlab.mjs"
    os.execv(node, [node, str(command), "summarize", f"--like={Path(file).stem}", *sys.argv[1:]])
