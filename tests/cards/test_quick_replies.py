import pytest

from contactcenter_chat.cards import base
from contactcenter_chat.cards.parts import Button, Group, Text
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.exceptions import Invalid

kind = base.kind_of(QUICK_REPLIES)
CONTENT = {
    "options": [
        {"title": "option one", "data": {"postback": "1"}},
        {"title": "second option", "data": {"postback": "2"}},
    ]
}
FIRST = {"title": "option one", "data": {"postback": "1"}}


def test_each_option_is_a_button():
    base.check(QUICK_REPLIES, CONTENT)
    one, two = Button("option one", 0, {"postback": "1"}), Button("second option", 1, {"postback": "2"})
    assert kind.parts(CONTENT) == (Group((one, two)),)
    assert kind.parts({**CONTENT, "text": "Which?"})[0] == Text("Which?")
    assert kind.text({**CONTENT, "text": "Which?"}) == "Which?\n1. option one\n2. second option"


@pytest.mark.parametrize(
    "given",
    [
        {"postback": "1"},
        {"title": "option one"},
        {"data": {"postback": "1"}},
        FIRST,
        {"name": "8x8", "title": "option one"},
    ],
)
def test_an_option_is_meant_by_its_data_or_its_title(given):
    assert kind.answer(CONTENT, given) == FIRST
    assert kind.told(CONTENT, FIRST) == "option one"


@pytest.mark.parametrize(
    "given", [{}, {"postback": "3"}, {"title": "Option one"}, {"title": "x", "data": {"postback": "1"}}]
)
def test_anything_else_is_refused(given):
    with pytest.raises(Invalid):
        kind.answer(CONTENT, given)


def test_options_with_the_same_data_differ_by_their_titles():
    content = {"options": [{"title": "a", "data": "x"}, {"title": "b", "data": "x"}]}
    assert kind.answer(content, {"title": "b", "data": "x"}) == {"title": "b", "data": "x"}
    assert kind.answer({"options": [{"title": "a"}, {"title": "b"}]}, {"title": "b"}) == {"title": "b", "data": None}


def test_a_button_becomes_an_answer():
    assert kind.chosen(CONTENT, 1, None) == {"title": "second option", "data": {"postback": "2"}}


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (None, "content.options"),
        ([], "content.options"),
        ({}, "content.options"),
        ([{"title": "a"}] * 21, "content.options"),
        (["a"], "content.options[0].title"),
        ([{"title": "a"}, {"title": " "}], "content.options[1].title"),
        ([{"title": "x" * 201}], "content.options[0].title"),
    ],
)
def test_what_has_no_options_is_refused(options, field):
    with pytest.raises(Invalid) as refused:
        base.check(QUICK_REPLIES, {"options": options})
    assert refused.value.field == field
