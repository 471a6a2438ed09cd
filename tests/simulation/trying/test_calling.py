"""What a call of a function would come to, where nothing is called."""

import pytest

from contactcenter_chat.bots.base import Call, Say
from contactcenter_chat.models import ToolCall
from contactcenter_chat.simulation.trying import asking
from contactcenter_chat.simulation.trying.state import Dialogue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_tools")]
OPENED = {"name": "Rooms", "size": "l"}


@pytest.fixture
def place(center):
    return asking.place_of(center.tenant, "helper", looks=True)


def noted(place, bot, call, identity="none"):
    bot.answers = staticmethod(lambda turn: iter([Call(*call)]))
    [told] = asking.ask(place, Dialogue("helper", identity=identity), "Do it").calls
    assert not ToolCall.objects.exists()
    return told


def test_one_that_would_be_called(place, bot, own_tools):
    told = noted(place, bot, ("add_up", {"first": 3}))
    given = [["First", "3"], ["Second", "2"]]
    assert told == {"tool": "add_up", "given": given, "came": "would", "why": "", "after": 0}
    assert own_tools.CALLED == []


@pytest.mark.parametrize(("identity", "came"), [("claimed", "code"), ("code", "confirm"), ("signed", "confirm")])
def test_what_the_customer_would_be_asked_for_first(place, bot, identity, came):
    told = noted(place, bot, ("open_queue", OPENED), identity)
    assert (told["came"], told["given"][:2]) == (came, [["Name", "Rooms"], ["Size", "Large"]])


def test_arguments_that_are_not_right(place, bot):
    told = noted(place, bot, ("add_up", {"first": "three"}))
    assert (told["came"], told["why"]) == ("refused", "first: Enter a whole number.")
    assert told["given"] == [["first", "three"]]


@pytest.mark.parametrize("name", ["rename", "nothing"])
def test_one_that_there_is_not_for_this_bot(place, bot, name):
    assert noted(place, bot, (name, {"name": "Eve"}))["came"] == "unknown"


def test_what_is_masked_elsewhere_is_masked(place, bot):
    told = noted(place, bot, ("open_queue", {**OPENED, "name": "grace@example.org 4111 1111 1111 1111"}))
    assert told["given"][0] == ["Name", "[email 1] [card 1]"]


def test_it_stands_where_it_was_wanted(place, bot):
    def answer(turn):
        yield Say("One")
        yield Call("add_up", {"first": 1})
        yield Say("Two")

    bot.answers = staticmethod(answer)
    answer = asking.ask(place, Dialogue("helper", disclosed=True), "Do it")
    assert ([each["text"] for each in answer.lines], answer.calls[0]["after"]) == (["One", "Two"], 1)
