"""Measure one thing in a process of its own, and print its rows as JSON: ``python -m benchmarks.one NAME``."""

import importlib
import json
import sys
from dataclasses import asdict

if __name__ == "__main__":
    rows = importlib.import_module(f"{__package__}.{sys.argv[1]}").run()
    print(json.dumps([asdict(row) for row in rows]))
