"""Does the page about tools say what the code does?"""

import sys
from datetime import date
from types import ModuleType, SimpleNamespace

import pytest

from contactcenter_chat.tools import registry
from contactcenter_chat.tools.arguments import KINDS
from contactcenter_chat.tools.registry import tool_named
from tests.docs.pages import blocks, page

PAGE = page("tools.md")


@pytest.fixture
def functions(monkeypatch):
    monkeypatch.setattr(registry, "_tools", {})
    module = ModuleType("pages_contact_tools")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    [code] = (block.text for block in blocks(PAGE, "python"))
    exec(code, module.__dict__)  # noqa: S102
    return module


def test_the_functions_of_the_page(functions):
    hours, book = tool_named("opening_hours"), tool_named("book")
    calling = SimpleNamespace(address="ada@example.org")
    assert hours.function(calling, "Blue") == "The Blue room is open from 8:00 to 18:00."
    assert book.function(calling, "Red", date(2026, 12, 1))["for"] == "ada@example.org"
    assert (book.needs, book.confirm, book.permission, book.title) == ("code", True, "auth.view_user", "Book a room")
    assert (hours.bots, book.bots) == (("assistant",), ("assistant",))


def test_all_types_are_on_the_page():
    assert {kind.__name__ for kind in KINDS} == {name for name in
        ("str", "int", "float", "Decimal", "bool", "date", "time", "datetime") if f"`{name}`" in PAGE}  # fmt: skip
