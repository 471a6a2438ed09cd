"""Does the page about bots say what the code does?"""

import os
from dataclasses import replace
from types import SimpleNamespace

import pytest

from contactcenter_chat.bots.base import Bot, Call, Called, End, HandOver, Say, Turn, bot_named
from contactcenter_chat.bots.base import Said as Heard
from contactcenter_chat.models import Channel, Customer, Message, Webhook
from contactcenter_chat.models.spells import Miss
from tests.docs.pages import blocks, page, section
from tests.factories import make_center

PAGE = page("bots.md")


@pytest.fixture
def rooms():
    names = {}
    code, setting, _booking = (
        block.text for block in blocks(section(PAGE, "## Write your own", "## What holds"), "python")
    )
    exec(code, names)  # noqa: S102
    exec(setting, names)  # noqa: S102
    return names["RoomBot"](**names["CONTACTCENTER_CHAT"]["BOTS"]["rooms"]["OPTIONS"])


def asked(bot, text, data=None, memory=None):
    turn = Turn("c", "t", said=[Heard(1, text, data)], memory={} if memory is None else memory)
    return list(bot.answer(turn)), turn.memory


def test_the_bot_of_the_page_answers(rooms):
    assert isinstance(rooms, Bot)
    [told], memory = asked(rooms, " Blue ")
    assert (told.text, [each.title for each in told.quick_replies]) == ("It is on floor 1.", ["Book it", "Thanks"])
    [handed], _memory = asked(rooms, "Book it", "book", memory)
    assert isinstance(handed, HandOver)
    assert (handed.queue, handed.reason, handed.brief.as_kept()) == (
        "Front desk",
        "asked",
        {"intent": "book a room", "entities": {"room": " Blue "}},
    )
    assert asked(rooms, "Thanks", "done")[0] == [Say("You are welcome.", settled=True), End("rooms")]
    assert asked(rooms, "Green")[0] == [Say("Which room do you look for?", miss="not_understood")]


def test_the_business_begins_as_the_page_says(db, settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    center = make_center()
    Webhook.objects.update(version="Chat Gateway v1.0")
    Channel.objects.update(bot="faq")
    names = {}
    [block] = blocks(section(PAGE, "## The business begins", "## What agents see"), "python")
    exec(block.text, names)  # noqa: S102
    customer = Customer.objects.create(tenant=center.tenant)
    for _ in range(2):
        names["tell_that_room_is_ready"](Channel.objects.get(), customer, SimpleNamespace(pk=7))
    said = Message.objects.order_by("number").values_list("text", flat=True)
    assert list(said) == ["You are chatting with the automated assistant of College.", "Your room is ready."]


def test_every_miss_is_on_the_page():
    told = section(PAGE, "A miss is ", "So it does after")
    named = {each for each in Miss.values if f"`{each}`" in told}
    assert named == set(Miss.values) - {"same_again"}
    assert "the same question again" in told


@pytest.mark.parametrize("name", ["bots_with_a_model.md", "bots_rasa.md", "bots_elsewhere.md"])
def test_the_bots_of_other_pages_can_be_made(settings, name):
    [block] = blocks(page(name), "python")
    names = {"os": os}
    exec(block.text, names)  # noqa: S102
    settings.CONTACTCENTER_CHAT = names["CONTACTCENTER_CHAT"]
    assert [isinstance(bot_named(name), Bot) for name in settings.CONTACTCENTER_CHAT["BOTS"]] == [True]


def test_the_bot_that_calls_a_tool(rooms):
    names = {}
    exec(blocks(section(PAGE, "## Write your own", "## What holds"), "python")[2].text, names)  # noqa: S102
    bot = names["BookingBot"]()
    turn = Turn("c", "t", said=[Heard(1, "Book it")])
    answers = bot.answer(turn)
    assert next(answers) == Call("book_room", {"room": "Blue", "day": "2027-01-04"})
    with pytest.raises(StopIteration):
        answers.send(Called("book_room", "asked"))
    done = replace(turn, called=Called("book_room", "done", "Booked."))
    assert list(bot.answer(done)) == [Say("Booked.", settled=True)]
    declined = replace(turn, called=Called("book_room", "declined"))
    assert list(bot.answer(declined)) == [Say("I could not book it.", miss="tool_failed")]
