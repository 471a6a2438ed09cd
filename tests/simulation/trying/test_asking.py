"""Is a bot that is only tried asked by the rules of a real chat, and is nothing written?"""

import threading

import pytest
from django.apps import apps

from contactcenter_chat.bots.base import Brief, Call, End, HandOver, QuickReply, Say, Think
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import Queue
from contactcenter_chat.simulation.trying import asking
from contactcenter_chat.simulation.trying.state import ENDED, HANDED_OVER, Dialogue
from contactcenter_chat.wire.levels import Level
from tests.actions.bots.conftest import DISCLOSED, PASSED_ON, SORRY
from tests.factories import make_queue, overflows


def rows():
    """All rows of all tables."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.db_table: sorted(map(repr, model._default_manager.values_list())) for model in models}


@pytest.fixture
def place(center):
    return asking.place_of(center.tenant, "helper", looks=True)


@pytest.fixture
def dialogue(bot):
    return Dialogue("helper")


def texts(answer):
    return [each["text"] for each in answer.lines]


def answers(bot, *actions):
    bot.answers = staticmethod(lambda turn: iter(actions))


def options(answer):
    return [each["title"] for each in answer.lines[-1]["options"]]


def test_it_says_first_that_it_is_a_bot_and_remembers(place, dialogue, bot):
    def counts(turn):
        turn.memory["count"] = turn.memory.get("count", 0) + 1
        yield Think(400)
        yield Say(f"{turn.memory['count']}: {turn.text}")

    bot.answers = staticmethod(counts)
    first = asking.ask(place, dialogue, "Hello")
    assert (texts(first), first.thinks) == ([DISCLOSED, "1: Hello"], 120)
    dialogue = Dialogue.from_json(dialogue.as_json())
    assert texts(asking.ask(place, dialogue, "Hi")) == ["2: Hi"]
    assert bot.turns[1].before == (("user", "Hello"), ("bot", DISCLOSED), ("bot", "1: Hello"))
    assert [turn.number for turn in bot.turns] == [1, 2]


def test_it_knows_who_asks(place, dialogue, bot):
    dialogue.language, dialogue.identity, dialogue.customer = "es", "code", {"name": "Noor"}
    asking.ask(place, dialogue, "Hola")
    [turn] = bot.turns
    assert (turn.language, turn.identity, turn.customer) == ("es", Level.CODE, {"name": "Noor"})
    assert turn.tenant_id == place.tenant.pk


def test_nothing_is_written(place, dialogue, bot, articles):
    def searches(turn):
        turn.articles(turn.text)
        yield (
            HandOver(Brief(intent="fees"), skills=[("nothing", 1)])
            if turn.number == 2
            else Say("?", miss="no_article")
        )

    bot.answers = staticmethod(searches)
    before = rows()
    asking.ask(place, dialogue, "tuition")
    asking.ask(place, dialogue, "parts")
    assert dialogue.over == HANDED_OVER
    for text in ("a human please", "raise"):
        answers(bot, object())
        asking.ask(place, Dialogue("helper"), text)
    assert rows() == before


def test_a_wish_for_a_person_is_obeyed(place, dialogue, bot):
    answer = asking.ask(place, dialogue, "I want to talk to a human")
    assert texts(answer) == [DISCLOSED, PASSED_ON]
    assert (answer.handed_over["reason"], dialogue.over, bot.turns) == ("asked", HANDED_OVER, [])
    assert answer.handed_over["brief"] == {"intent": "test", "summary": "I want to talk to a human"}
    with pytest.raises(Conflict, match="An agent has the conversation"):
        asking.ask(place, dialogue, "Hello?")


def test_after_two_misses_an_agent_goes_on(place, dialogue, bot):
    answers(bot, Say("Pardon?", miss="not_understood"))
    first = asking.ask(place, dialogue, "Hm")
    assert (first.misses, options(first)) == (["not_understood"], ["Talk to a person"])
    second = asking.ask(place, dialogue, "Hmm")
    assert (second.misses, texts(second)) == (["not_understood"], [PASSED_ON])
    assert second.handed_over["reason"] == "failed"


def test_the_same_again_is_a_miss(place, dialogue, bot):
    assert asking.ask(place, dialogue, "Fees").misses == []
    assert asking.ask(place, dialogue, " fees").misses == ["same_again"]
    assert asking.ask(place, dialogue, "FEES").handed_over["reason"] == "failed"
    assert len(bot.turns) == 2


def test_quick_replies_are_pressed_or_typed(place, dialogue, bot):
    answers(bot, Say("Which?", [QuickReply("Fees", {"a": 1}), QuickReply("Meals", "b")]))
    assert options(asking.ask(place, dialogue, "Hello")) == ["Fees", "Meals", "Talk to a person"]
    for number, (text, option) in enumerate([("", 0), ("2", None), ("meals", None), ("other", 99)], 1):
        asking.ask(place, dialogue, text, option)
        assert bot.turns[number].data == [{"a": 1}, "b", "b", None][number - 1]
    assert asking.ask(place, dialogue, "", 2).handed_over["reason"] == "asked"


def test_it_ends_and_begins_anew(place, dialogue, bot):
    answers(bot, Say("Bye", miss="no_article"), End("rooms"), Say("not heard"))
    answer = asking.ask(place, dialogue, "Thanks")
    assert (answer.ended, dialogue.over, texts(answer)) == ("rooms", ENDED, [DISCLOSED, "Bye"])
    assert texts(asking.ask(place, dialogue, "Back again")) == [DISCLOSED, "Bye"]
    assert bot.turns[1].number == 1
    assert bot.turns[1].misses == ()


@pytest.mark.parametrize("wrong", [Say(""), Say("?", miss="bored"), object(), Say("a", cards=[("x/y", {})])])
def test_what_cannot_be_said_is_a_failure(place, dialogue, bot, wrong):
    answers(bot, wrong)
    answer = asking.ask(place, dialogue, "Hello")
    assert texts(answer)[-1] == f"{SORRY} {PASSED_ON}"
    assert (answer.failed, answer.handed_over["reason"]) == ("error", "error")
    assert answer.failure


@pytest.mark.parametrize(
    ("left", "told"),
    [
        ({1}, "must be JSON: Object of type set is not JSON serializable"),
        ("x" * 64_000, "may have 64000 characters, not 64009."),
    ],
)
def test_what_cannot_be_remembered_is_a_failure(place, dialogue, bot, left, told):
    def leaves(turn):
        turn.memory["x"] = left
        yield Say("Yes")

    bot.answers = staticmethod(leaves)
    failure = asking.ask(place, dialogue, "Hello").failure
    assert failure == f"TypeError: What a bot leaves in turn.memory {told}"
    assert dialogue.as_json()["memory"] == {}


def test_a_turn_without_end_is_a_failure(place, dialogue, bot):
    bot.answers = staticmethod(lambda turn: iter([Think()] * 51))
    failure = asking.ask(place, dialogue, "Hello").failure
    assert failure == "RuntimeError: A bot may answer with 50 things in a turn."


def test_who_takes_too_long_is_not_waited_for(place, dialogue, bot, monkeypatch):
    hang = threading.Event()

    def slow(turn):
        yield Say("One moment")
        hang.wait(30)
        yield Say("not heard")

    bot.answers = staticmethod(slow)
    monkeypatch.setattr(asking, "seconds_of", lambda name: 0.5)
    try:
        answer = asking.ask(place, dialogue, "Hello")
    finally:
        hang.set()
    asking._threads.finish()
    assert texts(answer) == [DISCLOSED, "One moment", f"{SORRY} {PASSED_ON}"]
    assert (answer.failed, dialogue.over) == ("timeout", HANDED_OVER)


def test_too_many_that_hang_are_told(place, dialogue, bot, monkeypatch):
    monkeypatch.setattr(type(asking._threads), "free", lambda self: 0)
    with pytest.raises(Conflict, match="Too many bots are still at work"):
        asking.ask(place, dialogue, "Hello")


@pytest.mark.parametrize("text", ["", " \u200b", "a\x00b", "x" * 100_000])
def test_what_nobody_can_say(place, dialogue, bot, text):
    with pytest.raises(Invalid):
        asking.ask(place, dialogue, text)
    assert dialogue == Dialogue("helper")


class TestClosed:
    @pytest.fixture(autouse=True)
    def _closed(self, center):
        Queue.objects.update(is_closed=True)

    @pytest.fixture
    def place(self, center):
        return asking.place_of(center.tenant, "helper", looks=True)

    def test_the_customer_chooses(self, place, dialogue, bot):
        before = rows()
        answer = asking.ask(place, dialogue, "a human please")
        assert options(answer) == ["Leave it for a colleague", "Go on with the assistant", "Stop here"]
        assert (answer.handed_over, dialogue.over) == (None, "")
        assert texts(asking.ask(place, dialogue, "", 1)) == ["All right. What would you like to know?"]
        asking.ask(place, dialogue, "a human please")
        left = asking.ask(place, dialogue, "1")
        assert texts(left) == ["I have left it for a colleague, who answers here."]
        assert left.handed_over["reason"] == "asked"
        assert rows() == before

    def test_stopping_ends_it(self, place, dialogue, bot):
        asking.ask(place, dialogue, "a human please")
        assert asking.ask(place, dialogue, "", 2).ended == ""
        assert dialogue.over == ENDED

    def test_whatever_else_is_said_goes_to_the_bot(self, place, dialogue, bot):
        asking.ask(place, dialogue, "a human please")
        assert texts(asking.ask(place, dialogue, "Fees")) == ["You said: Fees"]

    def test_the_queues_own_text_is_said(self, center, dialogue, bot):
        Queue.objects.update(texts={"closed": {"en": "We are closed."}})
        place = asking.place_of(center.tenant, "helper", looks=True)
        asking.ask(place, dialogue, "a human please")
        assert texts(asking.ask(place, dialogue, "1")) == ["We are closed."]

    def test_a_queue_that_takes_it_over_is_asked(self, center, place, dialogue, bot):
        overflows(center.queue, make_queue(center.tenant, "Night", is_closed=False))
        assert asking.ask(place, dialogue, "a human please").handed_over["reason"] == "asked"

    def test_it_does_not_matter_where_nobody_looks(self, center, dialogue, bot):
        place = asking.place_of(center.tenant, "helper", looks=False)
        assert texts(asking.ask(place, dialogue, "a human please")) == [DISCLOSED, PASSED_ON]


class TestArticles:
    @pytest.fixture
    def place(self, center):
        return asking.place_of(center.tenant, "faq", looks=False)

    def test_what_was_found_and_what_it_answers_from(self, place, articles):
        answer = asking.ask(place, Dialogue("faq", language="en"), "pay my tuition in parts")
        assert [(each["id"], each["title"]) for each in answer.found] == [
            (articles["parts"].pk, "Can I pay my tuition in parts?")
        ]
        assert answer.articles == [articles["parts"].pk]

    @pytest.mark.parametrize(("identity", "count"), [("code", 0), ("signed", 1)])
    def test_by_the_level_of_the_customer(self, place, articles, identity, count):
        assert len(asking.ask(place, Dialogue("faq", identity=identity), "grades").articles) == count

    def test_a_bot_that_does_not_say_so(self, place, bot, articles):
        bot.answers = staticmethod(lambda turn: (Say(f"Look: {each.answer}") for each in turn.articles(turn.text)))
        assert asking.ask(place, Dialogue("helper"), "tuition").articles == [articles["parts"].pk]

    def test_tools_that_were_called(self, place, bot):
        bot.answers = staticmethod(lambda turn: iter([Call("book")]))
        assert asking.ask(place, Dialogue("helper"), "Book it").called == ["book"]


def test_what_it_names_when_it_hands_over_and_there_is_not_is_told(place, dialogue, bot):
    answers(bot, HandOver(queue="Rooms", skills=[("Magic", 3)]))
    answer = asking.ask(place, dialogue, "Hello")
    assert answer.left_out == ["queue: 'Rooms'", "skills: There is no skill Magic."]
