"""Does the signals' page say what ``signals`` and ``events`` say, and do its examples work?"""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.dispatch import Signal

from contactcenter_chat import signals
from contactcenter_chat.actions import conversations
from contactcenter_chat.events import Event
from contactcenter_chat.models import Interaction
from tests.factories import make_center, start_conversation

from .pages import blocks, code, page, rows, section

PAGE = page("signals.md")
DECLARED = re.compile(r"^(\w+) = Signal\(\)  # ([a-z, ]+)", re.MULTILINE)


def test_every_signal_is_there_with_its_arguments():
    told = {code(row[0])[0]: code(row[1]) for row in rows(section(PAGE, "## All signals", "## What an entry says"))}
    declared = DECLARED.findall(Path(signals.__file__).read_text())
    assert told == {name: arguments.split(", ") for name, arguments in declared}
    assert told.keys() == {name for name, value in vars(signals).items() if isinstance(value, Signal)}


def test_every_event_is_there_with_its_data():
    table = rows(section(PAGE, "## What an entry says", "## Missing nothing"))
    told = {code(row[0])[0]: {name for name in code(row[1]) if name.isidentifier()} for row in table}
    # Not members of the data, but words about them
    told["interaction.rerouted"] -= {"no_reply", "agent_lost", "agent_gone", "no_room"}
    told["interaction.overflowed"] -= {"max_wait", "closed", "empty"}
    told["interaction.wrapped_up"] -= {"id", "short_code", "label", "external_id"}
    told["conversation.assigned"] -= {"script", "webhook"}
    events = {
        event.name: {field.name for field in fields(event)} - set(event.unkept) for event in Event.__subclasses__()
    }
    assert told == events


@pytest.fixture
def example():
    receiving, reading = (block.text for block in blocks(PAGE, "python"))
    names = {}
    exec(receiving, names)  # noqa: S102
    exec(reading, names)  # noqa: S102
    yield names
    assert signals.interaction_ended.disconnect(names["remember"])


@pytest.mark.django_db(transaction=True)
def test_the_example_hears_of_a_customer_who_did_not_wait(example, capsys, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "SHORT_ABANDON_SECONDS": 0}
    conversation = start_conversation(make_center().channel)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert Interaction.objects.get().outcome == "abandoned"
    assert capsys.readouterr().out == "Grace did not wait long enough\n"


@pytest.mark.django_db
def test_the_log_is_read_after_a_number(example):
    conversation = start_conversation(make_center().channel)
    kinds = [entry.kind for entry in example["entries_after"](conversation.pk, 1)]
    assert kinds == ["conversation.activated", "interaction.queued"]
