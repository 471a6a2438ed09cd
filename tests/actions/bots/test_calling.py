"""A bot calls functions of the project: once, for whom it may, and with the customer's yes where that is needed."""

import re

import pytest
from django.core import mail

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.actions.verification import send_code
from contactcenter_chat.bots.base import Call, Called, Say
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.models import BotSpell, BusinessStart, Card, Customer, Queue, ToolCall, Verification, clock

from .conftest import LONG_AGO, PASSED_ON, said, says, spell_of, take_turns

pytestmark = pytest.mark.usefixtures("own_tools")
OPEN = Call("open_queue", {"name": "Rooms", "size": "l"})
QUESTION = "Shall I do this? Open queue\n– Name: Rooms\n– Size: Large\n– Price: 1"
ASKED = [("open_queue", "asked", None)]
OPENED = {"queue": "Rooms", "size": "l", "day": None, "price": "1"}


@pytest.fixture
def heard(bot, own_tools):
    """What came of the calls of a bot that calls this once it is asked, and then says so."""
    heard = []

    def answer(turn):
        called = turn.called or (yield bot.wanted)
        heard.append((called.tool, called.state, called.result))
        if called.state != "asked":
            yield Say(f"{called.state}: {called.result}")

    bot.wanted, bot.answers = OPEN, staticmethod(answer)
    return heard


@pytest.fixture
def talk(center, bot):
    data = {"name": "Grace", "email": "grace@example.org"}
    return conversations.start_conversation(channel=center.channel, data=data, script="helper")


def turn(talk, text):
    says(talk, text)
    BotSpell.objects.update(due_at=LONG_AGO)
    assert take_turns() == 1


def small_talk(turn):
    """A bot that wants nothing called."""
    yield Say("Hm" if turn.called is None else turn.called.state)


def newest_titles(talk):
    card = Card.objects.filter(message__conversation=talk).latest("message__number")
    return [each["title"] for each in card.content["options"]]


def code():
    return re.search("[0-9]{6}", mail.outbox[-1].body)[0]


def test_at_once(talk, bot, heard):
    bot.wanted = Call("add_up", {"first": "3"})
    turn(talk, "Add up")
    assert heard == [("add_up", "done", "It is 5.")]
    assert said(talk)[1:] == ["done: It is 5."]
    assert ToolCall.objects.get().bot == "helper"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Call("nothing"), "Resource of type Tool with id nothing was not found."),
        (Call("rename", {"name": "x"}), "Resource of type Tool with id rename was not found."),
        (Call("add_up", {"first": "x"}), "first: Enter a whole number."),
        (Call("add_up"), "first: This field is required."),
    ],
)
def test_what_is_refused(talk, bot, heard, wanted, told):
    bot.wanted = wanted
    turn(talk, "Add up")
    assert heard == [(wanted.tool, "refused", told)]
    assert not ToolCall.objects.exists()


def test_what_fails(talk, bot, heard, caplog):
    bot.wanted = Call("break_it", {"how": "raise"})
    turn(talk, "Break it")
    assert heard == [("break_it", "failed", "RuntimeError")]


class TestConfirming:
    @pytest.fixture(autouse=True)
    def _verified(self, talk, heard):
        """The code has come back: what is asked next is whether it is wanted."""
        turn(talk, "Open a queue")
        assert said(talk)[1:] == [
            "For that I must be sure who you are. I have sent a code to g•••@example.org: please write it here."
        ]
        turn(talk, code())
        assert said(talk)[2:] == [QUESTION]
        assert not ToolCall.objects.exists()
        assert heard == ASKED

    @pytest.mark.parametrize("yes", ["Yes", "yes", "1"])
    def test_yes(self, talk, heard, yes):
        turn(talk, yes)
        assert heard[1:] == [("open_queue", "done", OPENED)]
        assert said(talk)[3:] == [f"done: {OPENED}"]
        assert Queue.objects.filter(name="Rooms").count() == 1
        assert spell_of(talk).pending == {}

    def test_a_yes_and_a_word_more(self, talk, heard):
        says(talk, "Yes")
        turn(talk, "please")
        assert heard[1:] == [("open_queue", "done", OPENED)]

    def test_a_yes_and_then_another_word(self, talk, heard):
        says(talk, "Yes")
        turn(talk, "no wait, stop")
        assert heard[1:] == []
        assert said(talk)[-1] == QUESTION
        assert not ToolCall.objects.exists()

    def test_no(self, talk, heard):
        turn(talk, "No")
        assert heard[1:] == [("open_queue", "declined", None)]
        assert not ToolCall.objects.exists()
        assert spell_of(talk).pending == {}

    def test_something_else(self, talk, heard):
        """The bot is asked anew, and may want it called again."""
        turn(talk, "How much is it?")
        assert heard[1:] == ASKED
        assert said(talk)[3:] == [QUESTION]
        turn(talk, "Yes")
        assert heard[2:] == [("open_queue", "done", OPENED)]

    def test_a_yes_to_an_older_question(self, talk, heard, bot):
        bot.wanted = Call("open_queue", {"name": "Other\n– Price: 0", "size": "s"})
        older = Card.objects.latest("message__number")
        turn(talk, "How much is it?")
        assert said(talk)[3:] == ["Shall I do this? Open queue\n– Name: Other – Price: 0\n– Size: Small\n– Price: 1"]
        submit_card(conversation_id=talk.pk, card_id=older.pk, given={"title": "Yes"})
        BotSpell.objects.update(due_at=LONG_AGO)
        take_turns()
        assert not ToolCall.objects.exists()
        assert len(heard) == 2
        assert said(talk)[4:] == said(talk)[3:4]  # asked anew
        turn(talk, "Yes")
        assert [each[:2] for each in heard[2:]] == [("open_queue", "done")]

    @pytest.mark.parametrize("is_typed", [False, True])
    def test_a_yes_after_an_opt_out_is_asked_anew(self, talk, heard, is_typed):
        BusinessStart.objects.create(tenant=talk.tenant, conversation=talk, key_digest="1")
        card = Card.objects.latest("message__number")
        says(talk, "STOP")
        assert take_turns() == 0
        if is_typed:
            says(talk, "yes")
        else:
            submit_card(conversation_id=talk.pk, card_id=card.pk, given={"title": "Yes"})
        BotSpell.objects.update(due_at=LONG_AGO)
        assert take_turns() == 1
        assert heard == ASKED
        assert said(talk)[-2:] == [QUESTION, QUESTION]
        assert not ToolCall.objects.exists()
        turn(talk, "Yes")
        assert heard[1:] == [("open_queue", "done", OPENED)]

    @pytest.mark.parametrize("typed", ["0015551234567", "001", "01", "10", "1.", "١"])
    def test_numbers_that_are_no_choice(self, talk, typed):
        turn(talk, typed)
        assert not ToolCall.objects.exists()

    def test_a_yes_that_somebody_else_offers(self, talk):
        card = (QUICK_REPLIES, {"options": [{"title": "Sure", "data": {"contactcenter": "yes"}}]})
        add_message(conversation_id=talk.pk, author_type="bot", text="Nice weather?", cards=[card])
        turn(talk, "Sure")
        assert not ToolCall.objects.exists()

    def test_a_person(self, talk):
        turn(talk, "Talk to a person")
        assert said(talk)[3:] == [PASSED_ON]
        assert spell_of(talk).pending == {}


class TestCodes:
    @pytest.fixture(autouse=True)
    def _asked(self, talk, heard):
        turn(talk, "Open a queue")

    def test_something_is_said_before_it_comes(self, talk, bot, heard):
        came = []

        def answer(turn):
            came.append(turn.called)
            yield Say("Yes?")

        bot.answers = staticmethod(answer)
        turn(talk, "ok, one moment please")
        turn(talk, code())
        turn(talk, "Yes")
        assert came == [None, Called("open_queue", "done", OPENED)]
        assert spell_of(talk).pending == {}

    def test_a_wrong_one(self, talk, heard):
        wrong = f"{(int(code()) + 1) % 10**6:06}"
        for _ in range(2):
            turn(talk, wrong)
        assert said(talk)[2:] == ["This is not the code."] * 2
        turn(talk, f" {wrong} ")
        assert said(talk)[4:] == ["This is not the code, and it cannot be tried again. Have a new one sent."]
        turn(talk, code())
        assert heard == [
            *ASKED,
            ("open_queue", "not_verified", "There is no code that could be checked. Have a new one sent."),
        ]
        assert not ToolCall.objects.exists()

    @pytest.mark.parametrize(
        "words",
        [
            "My postal code is 110001",
            "110001 Delhi",
            "It was 110001, is that right?",
            "110001\n110002 x",
        ],
    )
    def test_a_number_in_a_sentence_is_no_try(self, talk, bot, words):
        bot.answers = staticmethod(small_talk)
        turn(talk, words)
        assert Verification.objects.get().tries == 0
        assert spell_of(talk).pending["wants"] == "code"
        turn(talk, code())  # which may come still
        assert said(talk)[-1] == QUESTION

    @pytest.mark.parametrize("words", ["The code is {}", "código: {}", "It's {}, thanks!"])
    def test_it_may_stand_in_a_sentence(self, talk, words):
        turn(talk, words.format(code()))
        assert said(talk)[-1] == QUESTION

    @pytest.mark.parametrize("words", ["Send it again", "Send again", "I did not get the code", "1"])
    def test_it_is_sent_again(self, talk, heard, words):
        first = code()
        turn(talk, words)
        assert len(mail.outbox) == 2
        assert said(talk)[2:] == [said(talk)[1]]
        assert newest_titles(talk) == ["Send again", "Talk to a person"]
        if code() != first:
            turn(talk, first)
            assert said(talk)[-1] == "This is not the code."
        turn(talk, code())
        assert said(talk)[-1] == QUESTION
        assert heard == ASKED

    def test_it_is_sent_again_whoever_has_sent_one_meanwhile(self, talk):
        send_code(conversation_id=talk.pk)
        turn(talk, "Send it again")
        assert len(mail.outbox) == 3
        assert said(talk)[2:] == [said(talk)[1]]
        turn(talk, code())
        assert said(talk)[-1] == QUESTION

    def test_what_an_earlier_process_has_asked_for_is_sent_again(self, talk):
        spell = spell_of(talk)
        assert sorted(spell.pending) == ["arguments", "key", "tool", "turn", "wants"]
        turn(talk, "Send it again")
        turn(talk, "Send it again")
        assert len(mail.outbox) == 3

    def test_by_a_press_in_the_customers_language(self, talk):
        type(talk).objects.update(language="es")
        turn(talk, "000000" if code() != "000000" else "000001")
        assert newest_titles(talk) == ["Enviar de nuevo", "Hablar con una persona"]
        card = Card.objects.latest("message__number")
        submit_card(conversation_id=talk.pk, card_id=card.pk, given={"title": "Enviar de nuevo"})
        BotSpell.objects.update(due_at=LONG_AGO)
        take_turns()
        assert len(mail.outbox) == 2
        older = Card.objects.earliest("message__number")  # which says so in another language
        submit_card(conversation_id=talk.pk, card_id=older.pk, given={"title": "Send again"})
        BotSpell.objects.update(due_at=LONG_AGO)
        take_turns()
        assert len(mail.outbox) == 3

    def test_not_more_often_than_may_be(self, talk, bot):
        for _ in range(4):
            turn(talk, "Send it again")
        assert len(mail.outbox) == 3
        assert said(talk)[-1] == "Too many codes were sent. Try again later."
        turn(talk, code())
        assert said(talk)[-1] == QUESTION

    def test_another_one_after_the_last_try(self, talk):
        for _ in range(3):
            turn(talk, f"{(int(code()) + 1) % 10**6:06}")
        turn(talk, "Send again")
        turn(talk, code())
        assert said(talk)[-1] == QUESTION

    def test_what_is_said_beside_that_is_the_bots(self, talk, bot):
        bot.answers = staticmethod(small_talk)
        turn(talk, "No, do not open it, and do not send it again")
        assert len(mail.outbox) == 1
        assert said(talk)[-1] == "Hm"

    @pytest.mark.parametrize("at", ["_ask", "send_code"])
    def test_a_turn_that_is_taken_again_sends_no_second_one(self, talk, monkeypatch, at):
        from contactcenter_chat.actions.bots import calling

        class Killed(BaseException):
            pass

        def killed(*arguments, **options):
            raise Killed

        says(talk, "Send it again")
        BotSpell.objects.update(due_at=LONG_AGO)
        with monkeypatch.context() as patched:
            patched.setattr(calling, at, killed)
            with pytest.raises(Killed):
                take_turns()
        BotSpell.objects.update(lease_until=LONG_AGO)
        assert take_turns() == 1
        assert len(mail.outbox) == 2
        assert said(talk)[2:] == [said(talk)[1]]

    @pytest.mark.parametrize("between", ["", " ", "-"])
    def test_it_may_be_typed_in_groups(self, talk, between):
        turn(talk, f" {code()[:3]}{between}{code()[3:]}\n")
        assert said(talk)[-1] == QUESTION

    def test_not_for_ever(self, talk, bot):
        bot.answers = staticmethod(small_talk)
        turn(talk, "Something else")
        assert spell_of(talk).pending
        Verification.objects.update(expires_at=LONG_AGO)
        turn(talk, "Something else again")
        assert spell_of(talk).pending == {}

    def test_what_was_taken_back_meanwhile_is_asked_anew(self, talk, bot, heard):
        bot.answers = staticmethod(small_talk)
        turn(talk, "No, do not open it!")
        turn(talk, code())
        assert said(talk)[-1] == QUESTION
        assert not ToolCall.objects.exists()

    def test_what_is_said_with_the_code_counts(self, talk, bot, heard):
        says(talk, code())
        turn(talk, "no wait, do not open it")
        assert said(talk)[-1] == QUESTION
        assert not ToolCall.objects.exists()

    def test_a_turn_that_a_crash_cuts_short(self, talk, heard, monkeypatch):
        """A code is good once: that it was right is known all the same when the turn is taken again."""
        from contactcenter_chat.actions.bots import calling

        class Killed(BaseException):
            pass

        def killed(*arguments, **options):
            raise Killed

        says(talk, code())
        BotSpell.objects.update(due_at=LONG_AGO)
        with monkeypatch.context() as patched:
            patched.setattr(calling, "_called", killed)
            with pytest.raises(Killed):
                take_turns()
        BotSpell.objects.update(lease_until=LONG_AGO)
        assert take_turns() == 1
        assert said(talk)[2:] == [QUESTION]


def test_a_row_with_another_address_is_not_asked_for_again(talk, heard):
    """A code has proved the conversation's address, and no further one would prove that of the row."""
    turn(talk, "Open a queue")
    Customer.objects.update(email="ada@example.org")
    turn(talk, code())
    assert heard == [*ASKED, ("open_queue", "not_verified", None)]
    assert (len(mail.outbox), ToolCall.objects.count()) == (1, 0)


def test_nobody_is_asked_twice_by_a_turn_that_is_taken_again(talk, bot):
    class Killed(BaseException):
        pass

    def answer(turn):
        yield OPEN
        if bot.dies:
            raise Killed

    bot.dies, bot.answers = True, staticmethod(answer)
    says(talk, "Open a queue")
    with pytest.raises(Killed):
        take_turns()
    BotSpell.objects.update(lease_until=LONG_AGO)
    bot.dies = False
    assert take_turns() == 1
    assert len(mail.outbox) == 1
    assert len(said(talk)) == 2
    assert spell_of(talk).pending["wants"] == "code"


def test_a_call_is_once_in_a_turn_that_is_taken_again(talk, bot, own_tools):
    class Killed(BaseException):
        pass

    def answer(turn):
        called = yield Call("add_up", {"first": 1})
        if bot.dies:
            raise Killed
        yield Say(called.result)

    bot.dies, bot.answers = True, staticmethod(answer)
    says(talk, "Add up")
    with pytest.raises(Killed):
        take_turns()
    BotSpell.objects.update(lease_until=LONG_AGO)
    bot.dies = False
    take_turns()
    assert (len(own_tools.CALLED), said(talk)[1:]) == (1, ["It is 3."])


def test_who_has_no_address(center, bot, heard):
    talk = conversations.start_conversation(channel=center.channel, data={}, script="helper")
    turn(talk, "Open a queue")
    assert heard == [("open_queue", "not_verified", "No e-mail address of the customer is known.")]


def test_a_bot_without_generator_may_call(talk, bot):
    bot.answers = staticmethod(lambda turn: [Call("add_up", {"first": 1}), Say("Done")])
    turn(talk, "Add up")
    assert (ToolCall.objects.get().result, said(talk)[1:]) == ("It is 3.", ["Done"])


def test_all_of_what_is_confirmed_is_shown(talk, bot, heard):
    long = "Mallory" + "a" * 193 + " and 99999 EUR to \u202eEve"
    bot.wanted = Call("open_queue", {"name": long, "size": "l"})
    Verification.objects.create(
        tenant_id=talk.tenant_id,
        conversation=talk,
        address="grace@example.org",
        code_hash="x",
        expires_at=clock.now(),
        verified_at=clock.now(),
        slot=0,
    )
    turn(talk, "Open a queue")
    assert f"Name: {long.replace(chr(0x202E), '')}\n" in said(talk)[-1]


@pytest.mark.parametrize("wanted", [Call("add_up", {"first": "3"}), Call("nothing"), Call("add_up")])
def test_what_came_of_a_call_has_to_be_said(talk, bot, own_tools, wanted):
    bot.answers = staticmethod(lambda turn: iter([wanted]))
    turn(talk, "Add up")
    assert said(talk)[-1] == "Then I have not understood you. Can you say it in other words?"
    assert spell_of(talk).misses == ["not_understood"]


def test_what_is_said_after_a_call_and_a_crash_calls_nothing_anew(talk, bot, own_tools):
    class Killed(BaseException):
        pass

    def answer(turn):
        called = yield Call("add_up", {"first": str(len(turn.said))})
        if len(bot.turns) == 1:
            raise Killed
        yield Say(str(called.result))

    bot.answers = staticmethod(answer)
    says(talk, "Add up")
    with pytest.raises(Killed):
        take_turns()
    says(talk, "no, wait")
    BotSpell.objects.update(lease_until=LONG_AGO)
    take_turns()
    assert [turn.text for turn in bot.turns] == ["Add up", "Add up"]
    assert ToolCall.objects.count() == 1
