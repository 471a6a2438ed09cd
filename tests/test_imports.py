"""Do imports point one way?

Each part may import only from the parts named beside it. A package imported when it is used (a provider, a router,
a wire format) is loaded from a dotted path and does not show here.
"""

import ast
from pathlib import Path

import pytest

import contactcenter_chat

ROOT = Path(contactcenter_chat.__file__).parent

BASE = {"conf", "exceptions", "events", "signals", "encryption", "files", "links"}
ANSWERS = {"routing", "wire", "signature", "cards", "scanning"}
BELOW_ACTIONS = BASE | ANSWERS | {"models", "queries", "live", "wakeup", "providers", "outbound", "retry", "threads"}
FACES = {"api", "desk", "admin", "management", "tasks", "downloads"}

MAY_IMPORT = {
    "conf": set(),
    "exceptions": set(),
    "events": set(),
    "signals": {"events"},
    "encryption": set(),
    "files": {"conf", "exceptions"},
    "uploads": {"conf", "exceptions", "files"},
    "links": {"conf", "encryption"},
    "cards": {"conf", "exceptions"},
    "scanning": {"conf"},
    "signature": {"events", "exceptions"},
    "wire": {"events", "exceptions"},
    "models": BASE,
    "routing": {"conf", "models"},
    "queries": BASE | {"cards", "models", "routing", "signature", "wire"},
    "live": BASE | {"models", "queries"},
    "wakeup": {"conf"},
    "threads": set(),
    "http_connections": {"conf"},
    "outbound": {"conf", "http_connections"},
    "retry": {"conf"},
    "checks": {"conf"},
    "leases": {"conf", "models"},
    "delivery": BELOW_ACTIONS | {"actions", "leases", "forwarding"},
    "forwarding": BELOW_ACTIONS | {"actions", "leases"},
    "remote_keys": BASE | {"models"},
    "callbacks": BELOW_ACTIONS | {"actions", "api", "indicators", "remote_keys"},
    "indicators": BELOW_ACTIONS,
    "safe_cells": set(),
    "actions": BELOW_ACTIONS | {"delivery", "safe_cells"},
    "exports": BASE | {"queries", "safe_cells"},
    **{
        face: BELOW_ACTIONS
        | {"actions", "client", "delivery", "downloads", "exports", "forwarding", "indicators", "uploads", "urls"}
        for face in FACES
    },
}


def modules_of(part):
    package = ROOT / part
    return package.rglob("*.py") if package.is_dir() else [package.with_suffix(".py")]


def imported_parts(path):
    """The parts of the app that a file imports, its own left out."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = resolved(node, inside)
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("contactcenter_chat.")}
    return found - {inside[0]}


def resolved(node, inside):
    """Absolute names of what ``from … import …`` imports."""
    if node.level == 0:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    package = ("contactcenter_chat", *inside[: len(inside) - node.level])
    base = ".".join((*package, *([node.module] if node.module else [])))
    return [f"{base}.{alias.name}" for alias in node.names]


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_a_part_imports_only_what_is_below_it(part):
    parts = {path.stem if path.is_file() else path.name for path in ROOT.iterdir()}
    wrong = {
        str(path.relative_to(ROOT)): sorted(beyond)
        for path in modules_of(part)
        if (beyond := (imported_parts(path) & parts) - MAY_IMPORT[part])
    }
    assert wrong == {}


def test_the_test_sees_relative_and_absolute_imports():
    assert "models" in imported_parts(ROOT / "actions" / "messages.py")
    assert "actions" in imported_parts(ROOT / "providers" / "embedded.py")
