"""Is what the documentation and the docstrings name of the package where they say?"""

import ast
import re
from importlib import import_module

import pytest

from tests.test_imports import ROOT as PACKAGE
from tests.test_imports import modules

from .pages import DOCS, ROOT

PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
DOTTED = re.compile(r"\bcontactcenter_chat((?:\.\w+)+)")
PATH = re.compile(r"`((?:\w+/)+\w*(?:\.py)?)`")
NOT_OURS = {"cryptography.fernet.InvalidToken", "noun.past_participle"}  # named in docstrings, and nowhere here
OF_OTHERS = {"mysite/celery.py", "application/json", "1/3", "Europe/London"}  # what looks like a path on a page
CHECK_ID = re.compile(r"[EW]\d{3}")
IN_DOCSTRING = re.compile(r"``([a-z_]+(?:\.\w+)+)``")


def is_there(dotted):
    """Whether a dotted name within the package is a module, or something in one."""
    module, names = dotted, []
    while module not in modules():
        module, _, name = module.rpartition(".")
        names.append(name)
    found = import_module(f"{PACKAGE.name}.{module}" if module else PACKAGE.name)
    for name in reversed(names):
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True


def docstrings():
    for name, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
                yield name, text


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_a_page_names_what_is_there(page):
    text = page.read_text(encoding="utf-8")
    told = {name.removeprefix(".") for name in DOTTED.findall(text)}
    assert {name for name in told if not (is_there(name) or CHECK_ID.fullmatch(name))} == set()
    paths = set(PATH.findall(text)) - OF_OTHERS
    assert {path for path in paths if not ((PACKAGE / path).exists() or (ROOT / path).exists())} == set()


def test_docstrings_name_what_is_there():
    told = {(where, name) for where, text in docstrings() for name in IN_DOCSTRING.findall(text)}
    assert {name for where, name in told if not found_from(where, name)} == NOT_OURS


def found_from(where, name):
    """Whether a name is there as seen from a module: in its package, in one around it, or in the whole."""
    rooms = where.split(".")
    starts = [".".join(rooms[:depth]) for depth in range(len(rooms) + 1)]
    return any(is_there(f"{start}.{name}" if start else name) for start in starts)
