"""Do imports point one way, and do the maps of the packages tell the truth?

A package that is imported when it is used (a provider, a router, a wire format) is loaded from a dotted path and does
not show here.
"""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import contactcenter_chat

ROOT = Path(contactcenter_chat.__file__).parent
NAME = ROOT.name

# From the ground up. A part may import from the layers below its own, and from no part of its own layer.
LAYERS = (
    {"isolates"},
    {"conf", "exceptions", "events", "encryption", "database"},
    {"signals", "signature", "workers", "storable"},
    {"wire", "outbound", "routing", "cards", "masking"},
    {"models", "client"},
    {"attachments"},
    {"knowledge", "providers", "http", "tools"},
    {"bots"},
    {"queries"},
    {"exports", "live", "checks"},
    {"actions"},
    {"deliveries", "inbound", "simulation"},
    {"api", "desk", "admin", "management", "templatetags", "schedule"},  # the faces
    {"tasks", "urls", "apps"},
)
LAYER = {part: number for number, layer in enumerate(LAYERS) for part in layer}
NO_CODE = {"static", "templates", "locale", "migrations", "__pycache__"}


def parts():
    """Every module and package at the top, besides what holds no code of ours."""
    return {path.stem for path in ROOT.iterdir() if path.suffix in ("", ".py")} - NO_CODE - {"__init__"}


@cache
def modules():
    """Every module by its dotted name within the app; a package stands for its ``__init__``."""
    found = {}
    for path in ROOT.rglob("*.py"):
        names = path.relative_to(ROOT).with_suffix("").parts
        if names[0] not in NO_CODE:
            found[".".join(names[:-1] if names[-1] == "__init__" else names)] = path
    return found


def imported(name, path, known):
    """The modules of the app that a module imports; a name that is no module stands for where it is from."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{where(node, package)}.{alias.name}" for alias in node.names]
        else:
            continue
        inside = [each.removeprefix(f"{NAME}.") for each in names if each.startswith(f"{NAME}.")]
        found |= {each if each in known else each.rpartition(".")[0] for each in inside}
    return found - {name, ""}


def where(node, package):
    """The absolute name behind ``from``."""
    if node.level == 0:
        return node.module
    above = package[: len(package) - node.level + 1]
    return ".".join([NAME, *above, *([node.module] if node.module else [])])


@cache
def graph():
    known = modules()
    return {name: imported(name, path, known) for name, path in known.items() if name}


def circle_in(imports):
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_every_part_has_its_layer():
    assert parts() == LAYER.keys()
    assert sum(map(len, LAYERS)) == len(LAYER)


@pytest.mark.parametrize("part", sorted(LAYER))
def test_a_part_imports_only_what_is_below_it(part):
    beyond = {
        (name, each)
        for name, targets in graph().items()
        for each in targets
        if name.split(".")[0] == part != each.split(".")[0] and LAYER[each.split(".")[0]] >= LAYER[part]
    }
    assert beyond == set()


def test_there_is_no_circle_between_modules():
    assert circle_in(graph()) is None


def test_a_circle_would_be_found():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) is not None
    assert {"actions.recording", "actions.participants", "models"} <= graph()["actions.messages"] | {"models"}
    assert "exceptions" in graph()["models.conversations"]


# Maps


def named(text):
    """What the list in a docstring names, a line for one or several: "- ``a``, ``b``  what they are"."""
    lines = re.findall(r"^- ((?:``\w+``(?:, )?)+)\s", text, re.MULTILINE)
    return [name for line in lines for name in re.findall(r"``(\w+)``", line)]


def packages():
    without_code = {"management", "management.commands", "templatetags"}
    return sorted(name for name, path in modules().items() if path.name == "__init__.py" and name not in without_code)


def content_of(package):
    """The modules and packages directly inside one."""
    depth = len(package.split(".")) if package else 0
    inside = [name.split(".") for name in modules() if name.startswith(f"{package}." if package else "") and name]
    return {names[depth] for names in inside if len(names) > depth}


@pytest.mark.parametrize("package", packages())
def test_a_package_lists_its_modules_and_no_others(package):
    listed = named(ast.get_docstring(ast.parse(modules()[package].read_text())))
    content = content_of(package) | ({"migrations"} if not package else set())
    assert sorted(listed) == sorted(content)


def test_the_top_is_small():
    loose = {path.stem for path in ROOT.glob("*.py")} - {"__init__"}
    assert len(loose) + 1 <= 15
    assert len(parts() - loose - {"templatetags"}) <= 25


def test_functions_are_short():
    """Long tails, not medians, make code hard: a function is about as long as a paragraph."""
    functions = [
        (node.end_lineno - node.lineno + 1, f"{name}.{node.name}")
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = sorted(functions)
    assert lengths[-1][0] <= 40, lengths[-1]
    assert lengths[int(len(lengths) * 0.9)][0] <= 14
