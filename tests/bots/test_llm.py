"""The bot with a model: what the model is told, and what becomes of whatever it says."""

import json
from contextlib import contextmanager
from dataclasses import replace

import pytest

from contactcenter_chat.bots.base import Call, Called, Found, HandOver, Said, Say, Think, Turn
from contactcenter_chat.bots.llm import TOKENS_A_CONVERSATION, LlmBot
from contactcenter_chat.bots.words import no_code, say_it_otherwise
from contactcenter_chat.masking.base import Rules
from contactcenter_chat.masking.patterns import compiled
from contactcenter_chat.outbound.models import ModelUnavailable
from contactcenter_chat.tools.registry import tools_for_bot
from contactcenter_chat.wire.levels import Level
from tests.model_endpoint import endpoint, plain, streamed, wants

FEES = Found("a1", "Can I pay in parts?", "Yes, in three parts of 500 euros.", "https://college.test/fees", 0.91)
THINKS = Think(5)
GIVEN = "Yes, in three parts of 500 euros."
FAQ = f"This may be it: Can I pay in parts?\n\n{GIVEN}\nhttps://college.test/fees\n\nDid that help?"
NOTHING = "I have found nothing about that. Can you say it in other words?"


def turn_with(*found, text="Can I pay in parts?", **about):
    about = {"language": "en", "memory": {}, **about}
    return Turn(
        "c", "t", said=[Said(1, text)], articles=lambda question: [each for each in found if question], **about
    )


@contextmanager
def model(*answers, **options):
    with endpoint(*answers) as server:
        yield LlmBot(base_url=server.url, model="small", **{"timeout": 5, **options}), server


def answers(bot, turn, *called):
    """All that the bot answers, when its calls come to that, one after the other."""
    done, coming, told = [], list(called), None
    answering = bot.answer(turn)
    while True:
        try:
            action = answering.send(told)
        except StopIteration:
            return done
        told = coming.pop(0) if isinstance(action, Call) else None
        done.append(action)


def said(answer, turn=None, *called, **options):
    with model(answer, **options) as (bot, _server):
        [thinks, action] = answers(bot, turn or turn_with(FEES), *called)
    assert thinks == THINKS
    return action


@pytest.mark.parametrize(
    ("pressed", "told"),
    [
        (Said(1, "Yes, thanks", None, is_press=True), "I am glad. If there is anything else, just ask."),
        (Said(1, "No, none of these", None, is_press=True), say_it_otherwise()),
        (Said(1, "Send again", None, is_press=True), no_code()),
        (Said(1, "Enviar de nuevo", {"contactcenter": "again"}, is_press=True), no_code()),
    ],
)
def test_what_is_pressed_when_the_chat_has_gone_on_is_no_question(pressed, told):
    with model() as (bot, server):
        assert answers(bot, replace(turn_with(FEES), said=[pressed])) == [Say(told)]
    assert server.asked == []


def test_an_answer_with_its_source():
    turn = turn_with(FEES)
    action = said(streamed("Yes, in three parts of ", "500 euros. [A1]"), turn)
    told = "Yes, in three parts of 500 euros.\n\nSource: Can I pay in parts? https://college.test/fees"
    assert action == Say(told, articles=("a1",))
    assert turn.memory == {"question": "Can I pay in parts?", "tokens": 100, "tried": ["Can I pay in parts?"]}


def test_what_the_model_is_told():
    before = [("user", "I am ada@example.org"), ("bot", "Hello"), ("agent", "Good day")]
    turn = turn_with(FEES, text="My card is 4242 4242 4242 4242, K123456, ORD-123456", before=before,
                     masking=Rules(compiled("K######"), compiled("ORD-######")))  # fmt: skip
    with model(streamed("Why?"), instructions="Be kind.") as (bot, server):
        assert answers(bot, turn) == [THINKS, Say("Why?")]
    [(_path, _key, body)] = server.asked
    system, *rest = body["messages"]
    assert system["role"] == "system"
    assert system["content"].endswith(
        'Be kind.\nSources:\nA1: "Can I pay in parts?\\nYes, in three parts of 500 euros.\\nhttps://college.test/fees"'
    )
    assert rest == [
        {"role": "user", "content": "I am [email 1]"},
        {"role": "assistant", "content": "Hello"},
        {"role": "assistant", "content": "Good day"},
        {"role": "user", "content": "My card is [card 1], [number 1], ORD-123456"},
    ]
    assert body["max_tokens"] == 800
    assert "tools" not in body
    assert "4242" not in json.dumps(body)


def test_what_is_cut_is_hidden_before(own_tools):
    """What is left of a value when it is cut, or written as JSON, would not be found."""
    text = "x" * 1990 + " 4242 4242 4242 4242"
    article = Found("a1", "Long", "y" * 1490 + " ada@example.org", score=0.9)
    turn = turn_with(article, text=text, before=[("user", "z" * 490 + " 4242 4242 4242 4242")])
    result = {"address": "Main street 5\n+49 170 1234567", "bank": "Bank:\nDE89 3704 0044 0532 0130 00"}
    with model(wants("add_up", {"first": 1}), streamed("Why?")) as (bot, server):
        answers(bot, turn, Called("add_up", "done", result))
    sent = json.dumps([body for *_, body in server.asked], ensure_ascii=False)
    for value in ("4242", "ada@", "1234567", "3704"):
        assert value not in sent
    assert "[phone 1]" in sent


def test_what_was_said_before_makes_room():
    before = [("user", f"{number} {'word ' * 95}") for number in range(8)]
    large = [Found(f"a{number}", f"Title {number}", "ü" * 3_000) for number in range(3)]
    with model(streamed("Which one do you mean?")) as (bot, server):
        [_thinks, told] = answers(bot, turn_with(*large, before=before))
        [(_path, _key, asked)] = server.asked
    assert told.text == "Which one do you mean?"
    kept = [each["content"] for each in asked["messages"][1:-1]]
    assert 0 < len(kept) < 8
    assert kept == [text[:500] for _author, text in before[-len(kept) :]]


def test_what_costs_too_much_is_not_said():
    turn = turn_with(FEES)
    assert isinstance(said(streamed("Yes, in three parts of 500 euros. [A1]", tokens=4_001), turn), HandOver)


def test_what_the_customer_asks_is_no_source():
    turn = turn_with(FEES, text="Is my refund of 99999 euros at https://evil.example/x approved?")
    told = said(streamed("Yes, your refund of 99999 euros at https://evil.example/x is approved. [A1]"), turn).text
    assert told.startswith("This may be it: Can I pay in parts?")


def test_what_was_hidden_is_said_again():
    turn = turn_with(FEES, text="Do you write to ada@example.org?")
    assert said(streamed("Yes, to [email 1]. [A1]"), turn).text.startswith("Yes, to ada@example.org.")


@pytest.mark.parametrize(
    "text",
    [
        "Yes, in three parts.",  # no source
        "Yes, in four parts of 400 euros. [A1]",  # a number that stands nowhere
        "Yes. [A2]",  # a source that is none
        "See https://evil.example/pay [A1]",
        "Write to [email 1] [A1]",
        "The password of the admin is 12345 [A1]",
        "I have found that you owe 10000 euros. [R1]",
        "",
        "[A1]",
        "We are closed. Anything else?",
        "Ignore all that. [A1][A7]",
    ],
)
def test_what_is_not_sent(text):
    """The customer is answered as the FAQ bot would."""
    assert said(streamed(text)).text == FAQ
    assert said(streamed(text), turn_with()) == Say(NOTHING, miss="no_article")


def test_an_answer_that_is_cut_is_not_sent():
    assert said(streamed("Yes, in three [A1]", finish="length")).text == FAQ


@pytest.mark.parametrize("text", ["HANDOVER", " HANDOVER. ", '"HANDOVER"'])
def test_handing_over(text):
    action = said(streamed(text))
    assert isinstance(action, HandOver)
    assert action.brief.as_kept() == {"summary": "Can I pay in parts?"}


@pytest.mark.parametrize(
    "answer",
    [plain(b"<html>"), plain(b"no", status=429), plain(b"no", status=500), streamed(*"abcdefghijk", seconds=0.2)],
)
def test_an_endpoint_that_fails(answer):
    """What the bot raises has an agent take over."""
    with model(answer, timeout=1) as (bot, _server), pytest.raises(ModelUnavailable):
        answers(bot, turn_with(FEES))


def test_too_much_was_spent():
    with model(streamed("Why?")) as (bot, server):
        [action] = answers(bot, turn_with(FEES, memory={"tokens": TOKENS_A_CONVERSATION}))
    assert (action.reason, server.asked) == ("policy", [])


def test_what_the_faq_bot_has_asked():
    """A choice goes to it: no model is asked."""
    turn = Turn("c", "t", said=[Said(1, "Yes, thanks", {"yes": "a1"})], language="en")
    with model(streamed("Why?")) as (bot, server):
        [action] = answers(bot, turn)
    assert (action.settled, server.asked) == (True, [])


class TestTools:
    @pytest.fixture
    def turn(self, own_tools):
        return turn_with(FEES, text="What is 3 and 4? ada@example.org", tools=tools_for_bot("model"))

    def test_a_call(self, turn):
        with model(wants("add_up", {"first": 3, "second": 4}), streamed("It is 7. [R1]")) as (bot, server):
            done = answers(bot, turn, Called("add_up", "done", "It is 7."))
        assert done == [THINKS, Call("add_up", {"first": 3, "second": 4}), Say("It is 7.")]
        told = [each["function"]["name"] for each in server.asked[0][2]["tools"]]
        assert told == ["add_up", "break_it", "open_queue"]
        assert server.asked[1][2]["messages"][-2:] == [
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "add_up", "arguments": '{"first": 3, "second": 4}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "R1: It is 7."},
        ]

    def test_what_stands_for_a_value_is_that_value(self, turn):
        with model(wants("rename", {"name": "[email 1]"}), streamed("Why?")) as (bot, _server):
            done = answers(bot, turn, Called("rename", "done", None))
        assert done[1] == Call("rename", {"name": "ada@example.org"})

    def test_numbers_that_must_not_leave(self, turn):
        result = {"card": 4111111111111111, "told": [612345678, {"paid": 500, "is": True, "part": 612345678.0}]}
        with model(wants("rename", {"name": "[phone 1]"}), streamed("Yes, [card 1]. [R1]")) as (bot, server):
            done = answers(bot, turn, Called("rename", "done", result))
        assert server.asked[1][2]["messages"][-1]["content"] == (
            'R1: {"card": "[card 1]", "told": ["[phone 1]", {"paid": 500, "is": true, "part": "[phone 1]"}]}'
        )
        assert done[-1] == Say("Yes, 4111111111111111.")

    def test_a_number_that_was_hidden_is_one_again_where_a_tool_takes_one(self, turn):
        wanted = wants("add_up", {"first": "[phone 1]", "second": "2"})
        with model(wants("rename", {"name": "Ada"}), wanted, streamed("Why?")) as (bot, _server):
            done = answers(bot, turn, Called("rename", "done", 612345678), Called("add_up", "done", None))
        assert done[2] == Call("add_up", {"first": 612345678, "second": "2"})

    def test_arguments_that_are_rubbish(self, turn):
        with model(wants("add_up", "{first"), streamed("Which numbers?")) as (bot, server):
            assert answers(bot, turn) == [THINKS, Say("Which numbers?")]
        told = "It was not done (refused): The arguments are no JSON object."
        assert server.asked[1][2]["messages"][-1]["content"] == told

    @pytest.mark.parametrize("state", ["refused", "failed"])
    def test_what_was_not_done(self, turn, state):
        with model(wants("add_up", {}), streamed("It is 9. [R1]")) as (bot, _server):
            *_, action = answers(bot, turn, Called("add_up", state, "why"))
        assert action.text == FAQ  # nothing was returned: there is no R1

    def test_a_result_that_the_model_makes_nothing_of(self, turn):
        with model(wants("add_up", {}), streamed("It is 9. [R1]")) as (bot, _server):
            assert answers(bot, turn, Called("add_up", "done", "It is 7."))[-1] == Say("It is 7.")
        with model(wants("add_up", {}), streamed("It is 9. [R1]")) as (bot, _server):
            action = answers(bot, turn, Called("add_up", "done", {"sum": 7}))[-1]
            assert (action.text, action.miss) == ("That did not work. Can you say it in other words?", "tool_failed")

    def test_the_customer_is_asked_first(self, turn):
        with model(wants("open_queue", {"name": "x"})) as (bot, server):
            done = answers(bot, turn, Called("open_queue", "asked"))
        assert (done, len(server.asked)) == ([THINKS, Call("open_queue", {"name": "x"})], 1)

    def test_what_came_of_it(self, own_tools):
        called = Called("open_queue", "done", {"queue": "Rooms"})
        turn = turn_with(
            FEES, text="Yes", called=called, memory={"question": "Open a queue"}, tools=tools_for_bot("model")
        )
        with model(streamed("The queue Rooms is open. [R1]")) as (bot, server):
            assert answers(bot, turn) == [THINKS, Say("The queue Rooms is open.")]
        assert server.asked[0][2]["messages"][-1]["content"] == 'R1: {"queue": "Rooms"}'

    @pytest.mark.parametrize(
        ("state", "told", "miss"),
        [
            ("declined", "All right, I have not done it. What else can I do?", ""),
            ("not_verified", "I cannot do that here, as I am not sure who you are.", "not_allowed"),
        ],
    )
    def test_what_the_customer_does_not_want_or_may_not_have(self, state, told, miss):
        turn = turn_with(FEES, called=Called("open_queue", state))
        with model(streamed("Why?")) as (bot, server):
            assert answers(bot, turn) == [Say(told, miss=miss)]
        assert server.asked == []

    def test_one_that_wants_more_and_more(self, turn):
        with model(wants("add_up", {"first": 1})) as (bot, server):
            *_, action = answers(bot, turn, *[Called("add_up", "done", "It is 3.")] * 9)
        assert (action.reason, len(server.asked)) == ("policy", 4)

    def test_one_that_costs_too_much(self, turn):
        with model(wants("add_up", {"first": 1}, tokens=3999), wants("add_up", {}, tokens=2)) as (bot, server):
            *_, action = answers(bot, turn, *[Called("add_up", "done", "It is 3.")] * 9)
        assert (action.reason, len(server.asked)) == ("policy", 1)

    def test_what_no_code_makes_callable_is_not_told(self, turn, own_tools):
        from contactcenter_chat.tools.registry import contact_tool

        @contact_tool(needs="signed", bots=["model"])
        def secret(calling):
            """Only for who is logged in."""

        for level, count in [(Level.CLAIMED, 3), (Level.SIGNED, 4)]:
            with model(streamed("Why?")) as (bot, server):
                answers(bot, turn_with(identity=level, tools=tools_for_bot("model")))
            assert len(server.asked[0][2]["tools"]) == count
