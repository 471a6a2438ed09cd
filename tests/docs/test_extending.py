"""Do the examples of how to extend the app work?"""

import io
import json
import re
import sys
from dataclasses import fields
from importlib import import_module
from itertools import product
from types import ModuleType, SimpleNamespace

import pytest
from django.utils import timezone

from contactcenter_chat import checks, models
from contactcenter_chat.actions.center.skills import create_skill
from contactcenter_chat.models import Delivery, Interaction, Webhook
from contactcenter_chat.wire.base import Format
from tests.factories import make_agent, make_center, make_channel, make_user, offer_of, start_conversation

from .pages import blocks, code, page, rows, section

PAGE = page("extending.md")
BLOCKS = [block.text for block in blocks(PAGE, "python")]
VERBS = rows(section(PAGE, "## Verbs\n", "## The rest of what is public\n"))
NAMES = rows(section(PAGE, "## The rest of what is public\n", "Models are public for reading."))
MANAGERS = rows(section(PAGE, "Models are public for reading.", "## What is stable\n"))

OF_MODELS = {"objects"}  # of each model, not of the module
IN_FULL = {"signals", "events", "exceptions", "models", "schedule", "urls"}  # as modules, or on pages of their own
BY_NAME = {code(row[0])[0]: code(row[1]) for row in NAMES if code(row[0])[0] not in IN_FULL}
AUTOMODULE = re.compile(r"^\.\. automodule:: contactcenter_chat\.([\w.]+)\n   :members:([^\n]*)$", re.MULTILINE)


def module_of(name):
    """The block that begins with this file's name, as a module that can be imported."""
    (text,) = (text for text in BLOCKS if text.startswith(f"# mysite/{name}.py\n"))
    module = ModuleType(f"mysite.{name}")
    exec(text, vars(module))  # noqa: S102
    return module


def settings_with(word):
    """The settings of the block in which this word stands."""
    (text,) = (text for text in BLOCKS if text.startswith("# mysite/settings.py\n") and word in text)
    names = {}
    exec(text, names)  # noqa: S102
    return names["CONTACTCENTER_CHAT"]


@pytest.fixture
def mysite(monkeypatch):
    """A package with the modules of the page."""
    package = ModuleType("mysite")
    package.__path__ = []
    monkeypatch.setitem(sys.modules, "mysite", package)
    for name in ("routing", "providers", "room"):
        module = module_of(name)
        monkeypatch.setitem(sys.modules, f"mysite.{name}", module)
        setattr(package, name, module)
    return package


def test_the_router_asks_whoever_has_the_fewest_chats(db, mysite, settings):
    settings.CONTACTCENTER_CHAT = settings_with("ROUTER")
    assert checks.check_settings(None) == []
    center = make_center()
    busy = make_agent(center.tenant, center.queue, capacity=25)
    first = offer_of(start_conversation(center.channel))
    assert first.agent_id == busy.pk
    free = make_agent(center.tenant, center.queue, capacity=1)
    assert offer_of(start_conversation(center.channel)).agent_id == free.pk
    assert offer_of(start_conversation(center.channel)).agent_id == busy.pk


@pytest.mark.parametrize(("is_closed", "interactions"), [(False, 1), (True, 0)])
def test_the_provider_asks_nobody_on_days_off(db, mysite, settings, is_closed, interactions):
    given = settings_with("PROVIDERS")
    today = timezone.localtime().weekday()
    given["PROVIDERS"]["weekdays"]["OPTIONS"]["days"] = [today] if is_closed else []
    settings.CONTACTCENTER_CHAT = given
    assert checks.check_settings(None) == []
    center = make_center()
    channel = make_channel(center.tenant, center.queue, center.webhook, name="Weekdays", provider="weekdays")
    start_conversation(channel)
    assert Interaction.objects.count() == interactions


def test_the_room_is_told_who_waits(db, mysite, settings):
    settings.CONTACTCENTER_CHAT = settings_with("WIRE_FORMATS")
    assert checks.check_settings(None) == []
    center = make_center()
    Webhook.objects.filter(pk=center.webhook.pk).update(version="room 1")
    conversation = start_conversation(center.channel)
    (owed,) = Delivery.objects.all()
    text = f"Somebody waits in {center.queue.name}."
    assert json.loads(owed.body) == {"type": "waiting", "text": text, "thread": conversation.pk}
    assert owed.event_type == "waiting"
    assert conversation.customer.name == "Grace"


def test_all_that_a_format_says_is_there():
    told = [code(row[0]) for row in rows(section(PAGE, "| of a `Format` |", "A webhook keeps its version"))]
    assert {name.partition("(")[0] for names in told for name in names} == {each.name for each in fields(Format)}


def test_verbs_start_a_conversation(db):
    center = make_center("college")
    names = {}
    exec(next(text for text in BLOCKS if "def ask_for_help" in text), names)  # noqa: S102
    conversation = names["ask_for_help"](make_user(first_name="Rosa", last_name="Diaz"), "May I pay in two parts?")
    said = conversation.messages.order_by("number").values_list("author_type", "text")
    assert list(said) == [("bot", "What can we do for you?"), ("user", "May I pay in two parts?")]
    assert conversation.customer.name == "Rosa Diaz"
    assert conversation.channel == center.channel


def test_a_verb_takes_a_file(db):
    center = make_center()
    names = {}
    exec(next(text for text in BLOCKS if "def send_file" in text), names)  # noqa: S102
    message = names["send_file"](start_conversation(center.channel), "bill.txt", io.BytesIO(b"400"))
    attachment = message.attachments.get()
    assert (attachment.name, attachment.content_type, attachment.size) == ("bill.txt", "text/plain", 3)


def test_a_verb_writes_what_was_earned(db):
    center = make_center()
    agent = make_agent(center.tenant, center.queue)
    skill = create_skill(tenant=center.tenant, name="fees")
    names = {}
    exec(next(text for text in BLOCKS if "def course_passed" in text), names)  # noqa: S102
    for _ in range(6):
        names["course_passed"](agent, SimpleNamespace(subject="fees", title="Fees for beginners"))
    assert agent.skills.get(skill=skill).level == 5
    noted = agent.level_changes.order_by("pk").values_list("before", "after", "reason")
    assert list(noted) == [(level or None, level + 1, "Course: Fees for beginners") for level in range(5)]


@pytest.mark.parametrize("row", VERBS, ids=lambda row: row[0])
def test_the_verbs_are_there(row):
    module = import_module(f"contactcenter_chat.actions.{code(row[0])[0]}")
    assert all(getattr(module, verb).__module__ == module.__name__ for verb in code(row[1]))


@pytest.mark.parametrize("row", NAMES, ids=lambda row: row[0])
def test_the_other_public_names_are_there(row):
    module = import_module(f"contactcenter_chat.{code(row[0])[0]}")
    assert {name for name in code(row[1]) if not hasattr(module, name)} <= OF_MODELS


@pytest.mark.parametrize("row", MANAGERS, ids=lambda row: row[0])
def test_the_managers_have_their_methods(row):
    for model, method in product(code(row[0]), code(row[1])):
        assert callable(getattr(getattr(models, model).objects, method))


def test_the_reference_has_what_is_public():
    public = {(f"actions.{code(row[0])[0]}", name) for row in VERBS for name in code(row[1])}
    public |= {(module, name) for module, names in BY_NAME.items() for name in names}
    assert set(in_reference("verbs", "classes")) == public
    assert set(in_reference("facts", "models")) == {("events", ""), ("exceptions", ""), ("models", "")}


def in_reference(*names):
    """What pages of the reference take from the code: (module, name); the name is empty for all of a module."""
    for name in names:
        for module, members in AUTOMODULE.findall(page(f"reference/{name}.md")):
            yield from ((module, member.strip()) for member in members.split(","))
