import pytest

from contactcenter_chat.cards import base
from contactcenter_chat.cards.parts import Button, Columns, Facts, Group, Image, Input, Link, Text, flat
from contactcenter_chat.events import ADAPTIVE
from contactcenter_chat.exceptions import Invalid

kind = base.kind_of(ADAPTIVE)


def card(*body, actions=(), **more):
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions), **more}


def text(words, **more):
    return {"type": "TextBlock", "text": words, **more}


FORM = card(
    text("Your visit", size="Large", weight="Bolder"),
    {"type": "FactSet", "facts": [{"title": "Day", "value": "Monday"}]},
    {"type": "Input.Text", "id": "name", "label": "Name", "isRequired": True, "maxLength": 40},
    {
        "type": "Input.ChoiceSet",
        "id": "course",
        "label": "Course",
        "choices": [{"title": "Welding", "value": "w"}, {"title": "Nursing", "value": "n"}],
        "isMultiSelect": True,
        "value": "n",
    },
    {"type": "Input.Toggle", "id": "news", "title": "Send me news"},
    actions=[
        {"type": "Action.Submit", "title": "Book", "data": {"form": "visit"}},
        {"type": "Action.OpenUrl", "title": "Map", "url": "https://example.org/map"},
    ],
)


def refusal(content):
    with pytest.raises(Invalid) as refused:
        base.check(ADAPTIVE, content)
    return refused.value.field


def test_a_card_of_everything_that_is_known():
    base.check(ADAPTIVE, FORM)
    heading, facts, name, course, news, actions = kind.parts(FORM)
    assert heading == Text("Your visit", heading=True)
    assert facts == Facts((("Day", "Monday"),))
    assert name == Input("name", "text", "Name", required=True, max_length=40)
    assert (course.type, course.choices, course.values) == ("choices", (("Welding", "w"), ("Nursing", "n")), ["n"])
    assert (news.type, news.label) == ("toggle", "Send me news")
    assert actions == Group((Button("Book", 0, {"form": "visit"}), Link("https://example.org/map", "Map")))


def test_columns_and_containers():
    content = card(
        {"type": "ColumnSet", "columns": [{"items": [text("a")]}, {"type": "Column", "items": [text("b")]}]},
        {
            "type": "Container",
            "items": [{"type": "RichTextBlock", "inlines": ["c", {"type": "TextRun", "text": "d"}]}],
        },
        {"type": "ImageSet", "images": [{"url": "https://example.org/a.png", "altText": "A"}]},
    )
    base.check(ADAPTIVE, content)
    columns, container, images = kind.parts(content)
    assert columns == Columns((Group((Text("a"),)), Group((Text("b"),))))
    assert container == Group((Text("cd"),))
    assert images == Group((Image("https://example.org/a.png", "A"),))


@pytest.mark.parametrize(
    ("element", "shown"),
    [
        ({"type": "Chart.Pie", "fallback": text("12 of 20")}, [Text("12 of 20")]),
        ({"type": "Chart.Pie", "fallback": {"type": "Chart.Bar", "fallback": text("12")}}, [Text("12")]),
        ({"type": "Chart.Pie", "fallback": "drop", "title": "Places"}, []),
        ({"type": "Chart.Pie", "title": "Places"}, [Text("Places")]),
        ({"type": "Chart.Pie"}, []),
        ({"type": "Accordion", "items": [text("inside")]}, [Group((Text("inside"),))]),
        ({"type": "Media", "altText": "A film"}, [Text("A film")]),
        (text("hidden", isVisible=False), []),
        ({"type": "Image", "url": "javascript:alert(1)", "altText": "A"}, [Text("A")]),
        ({"type": "Image", "url": "data:image/png;base64,AAAA"}, []),
        ({"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "url": "javascript:alert(1)"}]}, [Group(())]),
        ({"type": "ActionSet", "actions": [{"type": "Action.Unknown", "title": "x"}]}, [Group(())]),
    ],
)
def test_what_is_not_known_is_shown_as_well_as_it_can_be(element, shown):
    content = card(element)
    base.check(ADAPTIVE, content)
    assert list(kind.parts(content)) == shown


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({}, "content.type"),
        ({"type": "Card", "body": []}, "content.type"),
        (card(), "content.body"),
        (card("text"), "content.body[0]"),
        (card({"text": "x"}), "content.body[0]"),
        (card({"type": "TextBlock"}), "content.body[0]"),
        (card({"type": "TextBlock", "text": 1}), "content.body[0].text"),
        (card({"type": "Container", "items": [text("a"), {"type": "Image"}]}), "content.body[0].items[1]"),
        (card({"type": "Input.Text", "id": ""}), "content.body[0].id"),
        (card({"type": "Input.Text", "id": "a"}, {"type": "Input.Date", "id": "a"}), "content"),
        (card({"type": "Chart", "fallback": {"type": "TextBlock"}}), "content.body[0].fallback"),
        (card({"type": "FactSet", "facts": [{"title": "a"}]}), "content.body[0].facts[0]"),
        (card(*[text("x")] * 201), "content"),
        (card(text("x" * 30_000)), "content"),
        (card(text("nul \x00")), "content"),
        (card(text("x"), version=1.5), "content.version"),
        ("x", "content"),
    ],
)
def test_what_is_no_card_is_refused(content, field):
    assert refusal(content) == field


def test_depth_is_limited():
    element = text("x")
    for _ in range(10):
        element = {"type": "Container", "items": [element]}
    assert refusal(card(element)) == "content"


def test_unknown_kinds_are_refused_by_name():
    with pytest.raises(Invalid) as refused:
        base.check("Carousel", {})
    assert refused.value.field == "content_type"


def test_as_text():
    assert kind.text(FORM) == (
        "Your visit\nDay: Monday\nName\nCourse: Welding, Nursing\nSend me news\n[Book]\nMap: https://example.org/map"
    )


def test_an_answer_needs_what_is_required():
    with pytest.raises(Invalid) as refused:
        kind.answer(FORM, {"course": "w"})
    assert refused.value.field == "name"
    assert kind.answer(FORM, {"name": "Grace", "other": 1}) == {"name": "Grace", "other": 1}


def test_a_card_without_a_button_cannot_be_answered():
    with pytest.raises(Invalid):
        kind.answer(card(text("Hello")), {})


def test_an_answer_is_told_in_the_words_of_the_card():
    answer = {"name": "Grace", "course": "w,n", "news": "true", "form": "visit"}
    assert kind.told(FORM, answer) == "Name: Grace; Course: Welding, Nursing; Send me news: ✓"


def test_an_answer_without_inputs_is_the_button():
    content = card(
        text("Sure?"),
        actions=[
            {"type": "Action.Submit", "title": "Yes", "data": {"sure": True}},
            {"type": "Action.Submit", "title": "No", "data": {"sure": False}},
        ],
    )
    assert kind.told(content, {"sure": False}) == "No"
    assert kind.told(content, {"rating": 5}) == "rating: 5"


def test_a_form_becomes_an_answer():
    form = {"name": ["Grace"], "course": ["w", "n"], "news": []}
    assert kind.chosen(FORM, 0, form.__getitem__) == {
        "form": "visit",
        "name": "Grace",
        "course": "w,n",
        "news": "false",
    }
    with pytest.raises(IndexError):
        kind.chosen(FORM, 1, form.__getitem__)


def test_buttons_are_counted_over_the_whole_card():
    inside = {"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Do"}]}
    buttons = [part for part in flat(kind.parts(card(inside, actions=FORM["actions"]))) if isinstance(part, Button)]
    assert [(each.number, each.text, each.executes) for each in buttons] == [(0, "Do", True), (1, "Book", False)]
