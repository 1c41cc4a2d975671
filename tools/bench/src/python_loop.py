"""python_loop.py FROM TO: seconds that a plain loop takes to dump FROM's configs, held in memory, into TO."""

import json
import sys
import time
from pathlib import Path

source, target = map(Path, sys.argv[1:])
configs = [json.loads(path.read_text()) for path in sorted(source.rglob("configs/**/*.json"))]
target.mkdir(parents=True)

start = time.perf_counter()
for number, config in enumerate(configs):
    with open(target / f"{number}.json", "w") as file:
        json.dump(config, file, indent=4)
print(json.dumps({"seconds": time.perf_counter() - start, "files": len(configs)}))
