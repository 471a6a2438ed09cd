"""Measure everything, or what is named, and print one table.

python -m benchmarks [deliveries] [post_message] [live] [search]
"""

import importlib
import os
import sys

from .base import table

ALL = ("deliveries", "post_message", "live", "search")


def main(names):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    rows = []
    for name in names or ALL:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"{__package__}.{name}").run()
    print(table(rows))


if __name__ == "__main__":
    main(sys.argv[1:])
