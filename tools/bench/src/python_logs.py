"""python_logs.py DIR: seconds that a plain loop takes to parse every line of DIR's logs and average the best of each."""

import json
import sys
import time
from pathlib import Path

start = time.perf_counter()
best = []
for path in sorted(Path(sys.argv[1]).rglob("*.log.json")):
    values = []
    with open(path) as file:
        for line in file:
            fields = json.loads(line)
            if fields.get("mode") == "val":
                values.append(fields["head0_top1"])
    best.append(max(values))
mean = sum(best) / len(best)
print(json.dumps(time.perf_counter() - start))
