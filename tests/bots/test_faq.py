"""How does the FAQ bot answer?"""

from dataclasses import replace

import pytest

from contactcenter_chat.bots.base import Found, Judged, Said, Say, Turn
from contactcenter_chat.bots.faq import FaqBot
from contactcenter_chat.bots.words import no_code, say_it_otherwise

FEES = Found("a1", "Can I pay in parts?", "Yes, in three.", "https://college.test/fees", 0.91, edition="e1")
COST = Found("a2", "What does it cost?", "500 a term.", score=0.84)
MEALS = Found("a3", "Where can I eat?", "In the hall.", score=0.81)
FAR = Found("a4", "Where is the gym?", "Behind the hall.", score=0.79)


def turn_with(*found, text="in parts?", data=None, memory=None, language="en"):
    return Turn(
        "c",
        "t",
        said=[Said(1, text, data)],
        language=language,
        memory={} if memory is None else memory,
        articles=lambda question: [each for each in found if question],
    )


def only(turn):
    [action] = FaqBot().answer(turn)
    return action


def test_it_says_what_it_has_found_and_asks():
    turn = turn_with(FEES, COST, MEALS, FAR)
    said = only(turn)
    assert said.text == (
        "This may be it: Can I pay in parts?\n\nYes, in three.\nhttps://college.test/fees\n\nDid that help?"
    )
    assert [(each.title, each.data) for each in said.quick_replies] == [
        ("Yes, thanks", {"yes": "a1"}),
        ("What does it cost?", {"article": "a2"}),
        ("Where can I eat?", {"article": "a3"}),
        ("No, none of these", {"no": "a1"}),
    ]
    assert said.miss == ""
    assert turn.memory == {
        "question": "in parts?",
        "asked": "in parts?",
        "offered": {"a2": "What does it cost?", "a3": "Where can I eat?"},
        "tried": ["Can I pay in parts?"],
        "answered": ["a1", "e1", "in parts?"],
    }


def test_what_a_customer_has_confirmed_is_said_without_asking():
    turn = turn_with(replace(FEES, is_confirmed=True), COST)
    said = only(turn)
    assert said.text == "Can I pay in parts?\n\nYes, in three.\nhttps://college.test/fees"
    assert [(each.title, each.data) for each in said.quick_replies] == [("No, none of these", {"no": "a1"})]
    assert (said.miss, said.settled, said.articles) == ("", False, ["a1"])
    assert turn.memory["answered"] == ["a1", "e1", "in parts?"]


def test_only_the_nearest_is():
    assert "Did that help?" in only(turn_with(FEES, replace(COST, is_confirmed=True))).text
    assert only(turn_with(replace(FAR, is_confirmed=True))).miss == "no_article"


def test_another_title_is_asked_about_though_its_title_is_confirmed():
    memory = {"asked": "money?", "offered": {"a2": "What does it cost?"}}
    turn = turn_with(replace(COST, is_confirmed=True), data={"article": "a2"}, memory=memory)
    assert "Did that help?" in only(turn).text
    assert turn.memory["answered"] == ["a2", "", "money?"]


@pytest.mark.parametrize(("data", "helped"), [({"yes": "a1"}, True), ({"no": "a1"}, False)])
def test_the_app_is_told_what_the_customer_says_of_it(data, helped):
    memory = {"answered": ["a1", "e1", "in parts?"]}
    assert only(turn_with(data=data, memory=memory)).judged == Judged("a1", "e1", "in parts?", helped)


@pytest.mark.parametrize(
    ("data", "memory"),
    [
        ({"yes": "a1"}, {}),
        ({"no": True}, {}),
        ({"yes": "a2"}, {"answered": ["a1", "e1", "in parts?"]}),  # of an older answer
        ({"yes": ["a1"]}, {"answered": ["a1", "e1", "in parts?"]}),
        ({"no": "a2"}, {"answered": ["a1", "e1", "in parts?"]}),
        ({"yes": "a1"}, {"answered": ["a1", "e1", ""]}),
    ],
)
def test_of_another_answer_it_is_told_nothing(data, memory):
    assert only(turn_with(data=data, memory=memory)).judged is None


def test_a_long_question_is_no_phrasing():
    turn = turn_with(FEES, text="x" * 201)
    only(turn)
    assert turn.memory["answered"] == ["a1", "e1", ""]


def test_in_the_customers_language():
    assert only(turn_with(FEES, language="es-MX")).text.startswith("Puede que sea esto: ")


def test_what_words_have_found_counts_without_a_score():
    assert "Yes, in three." in only(turn_with(Found("a1", "Can I pay in parts?", "Yes, in three."))).text


@pytest.mark.parametrize("found", [(), (FAR,)])
def test_what_is_another_matter_is_a_miss(found):
    said = only(turn_with(*found))
    assert (said.text, said.miss) == (
        "I have found nothing about that. Can you say it in other words?",
        "no_article",
    )


def test_another_title_is_answered():
    memory = {"question": "parts?", "offered": {"a2": "What does it cost?"}, "tried": ["Can I pay in parts?"]}
    turn = turn_with(COST, data={"article": "a2"}, memory=memory)
    said = only(turn)
    assert "500 a term." in said.text
    assert [each.data for each in said.quick_replies] == [{"yes": "a2"}, {"no": "a2"}]
    assert turn.memory["tried"] == ["Can I pay in parts?", "What does it cost?"]


@pytest.mark.parametrize("data", [{"article": "a9"}, {"article": None}, {"article": {"x": 1}}])
def test_what_was_not_offered_is_not_found(data):
    assert only(turn_with(COST, data=data, memory={"offered": {"a2": "What does it cost?"}})).miss == "no_article"


def test_yes_settles_it():
    said = only(turn_with(data={"yes": "a1"}))
    assert (said.text, said.settled) == ("I am glad. If there is anything else, just ask.", True)


@pytest.mark.parametrize(
    ("pressed", "told"),
    [
        ("Yes, thanks", "I am glad. If there is anything else, just ask."),
        ("No, none of these", say_it_otherwise()),
        ("Send again", no_code()),
    ],
)
def test_what_is_pressed_when_the_chat_has_gone_on_is_no_question(pressed, told):
    turn = turn_with(FEES, memory={"answered": ["a1", "e1", "in parts?"]})
    late = replace(turn, said=[Said(1, pressed, None, is_press=True)])
    assert only(late) == Say(told)
    assert only(replace(turn, said=[Said(1, pressed), *late.said])).text.startswith(
        "This may be it: Can I pay in parts?"
    )


@pytest.mark.parametrize("is_press", [True, False])
def test_a_code_that_nothing_waits_for_is_no_question(is_press):
    turn = replace(turn_with(FEES), language="es")
    again = Said(1, "Enviar de nuevo", {"contactcenter": "again"}, is_press=is_press)
    assert only(replace(turn, said=[again])) == Say("Ya no se espera ningún código. ¿Qué le gustaría saber?")


def test_an_older_title_is_found_again():
    turn = turn_with(FEES)
    assert only(replace(turn, said=[Said(1, FEES.title, None, is_press=True)])).articles == ["a1"]


def test_no_is_a_miss():
    said = only(turn_with(data={"no": True}))
    assert (said.text, said.miss) == ("Then I have not understood you. Can you say it in other words?", "said_no")


def test_what_an_agent_should_know():
    memory = {"question": "in parts?", "tried": ["Can I pay in parts?", "What does it cost?"]}
    assert FaqBot().brief(turn_with(memory=memory, text="Talk to a person")).as_kept() == {
        "summary": "in parts?",
        "tried": ["Can I pay in parts?", "What does it cost?"],
    }
    assert FaqBot().brief(turn_with(text="a human")).as_kept() == {"summary": "a human"}
