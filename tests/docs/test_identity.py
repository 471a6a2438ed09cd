"""Are the page's examples of levels and of a project's sender true?"""

import sys
from types import ModuleType

import pytest

from contactcenter_chat.actions.verification import check_code, send_code
from contactcenter_chat.checks import check_settings
from contactcenter_chat.wire.levels import Level
from tests.factories import make_center, start_conversation

from .pages import blocks, code, page, rows, section

PAGE = page("identity.md")
LEVELS, SENDER, SETTING = (block.text for block in blocks(PAGE, "python"))


def names_of(text):
    names = {}
    exec(text, names)  # noqa: S102
    return names


@pytest.fixture
def posted(monkeypatch):
    """What the page's project has posted."""
    found = []
    for name in ("mysite", "mysite.mail", "mysite.codes"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["mysite.mail"].post = lambda **about: found.append(about)
    exec(SENDER, vars(sys.modules["mysite.codes"]))  # noqa: S102
    return found


def test_all_levels_are_on_the_page():
    table = rows(section(PAGE, "| level | when |", "The level is one"))
    assert [code(row[0])[0] for row in table] == [level.value for level in Level]


@pytest.mark.django_db
def test_a_projects_sender_and_its_question_after_the_level(posted, settings):
    settings.CONTACTCENTER_CHAT = names_of(SETTING)["CONTACTCENTER_CHAT"]
    assert check_settings(None) == []
    may_see_invoices = names_of(LEVELS)["may_see_invoices"]
    conversation = start_conversation(make_center().channel, email="grace@example.org", language="es")
    assert not may_see_invoices(conversation.pk)
    send_code(conversation_id=conversation.pk)
    (mail,) = posted
    assert (mail["to"], mail["language"]) == ("grace@example.org", "es")
    check_code(conversation_id=conversation.pk, code=mail["values"]["code"])
    assert may_see_invoices(conversation.pk)
