"""How are Adaptive Cards read?

Versions up to 1.6. What is not known here is shown as its ``fallback`` says, else as the text that it has: the card's
content itself is kept as it came, and a receiver that knows more shows more.
"""

import re
from typing import Any

from jsonschema import Draft202012Validator

from ..exceptions import Invalid
from .parts import Button, Columns, Facts, Group, Image, Input, Link, Text, flat

WEB = re.compile(r"https?://\S+", re.IGNORECASE)
DROP = "drop"
MOST_ELEMENTS = 200

TEXT = {"type": "string"}
NUMBER = {"type": ["number", "string"]}
LIST = {"type": "array"}
TITLED = {"type": "array", "items": {"required": ["title", "value"], "properties": {"title": TEXT, "value": TEXT}}}
INPUT: dict[str, Any] = {"required": ["id"], "properties": {"id": {"type": "string", "minLength": 1}, "label": TEXT}}
SCHEMAS: dict[str, dict[str, Any]] = {
    "AdaptiveCard": {
        "properties": {"version": {"type": "string", "pattern": r"^\d+\.\d+$"}, "body": LIST, "actions": LIST},
    },
    "TextBlock": {"required": ["text"], "properties": {"text": TEXT}},
    "RichTextBlock": {"required": ["inlines"], "properties": {"inlines": LIST}},
    "Image": {"required": ["url"], "properties": {"url": TEXT, "altText": TEXT}},
    "ImageSet": {"required": ["images"], "properties": {"images": LIST}},
    "Container": {"required": ["items"], "properties": {"items": LIST}},
    "Column": {"properties": {"items": LIST}},
    "ColumnSet": {"properties": {"columns": LIST}},
    "FactSet": {"required": ["facts"], "properties": {"facts": TITLED}},
    "ActionSet": {"required": ["actions"], "properties": {"actions": LIST}},
    "Input.Text": INPUT,
    "Input.Number": INPUT,
    "Input.Date": INPUT,
    "Input.Time": INPUT,
    "Input.Toggle": {**INPUT, "required": ["id", "title"]},
    "Input.ChoiceSet": {**INPUT, "properties": {**INPUT["properties"], "choices": TITLED}},
    "Action.OpenUrl": {"required": ["url"], "properties": {"url": TEXT, "title": TEXT}},
    "Action.Submit": {"properties": {"title": TEXT}},
    "Action.Execute": {"properties": {"title": TEXT}},
}
VALIDATORS = {name: Draft202012Validator({"type": "object", **schema}) for name, schema in SCHEMAS.items()}
HOLDING = ("body", "items", "columns", "images", "inlines", "actions")  # members with further elements
FIELDS = {
    "Input.Text": "text",
    "Input.Number": "number",
    "Input.Date": "date",
    "Input.Time": "time",
    "Input.Toggle": "toggle",
    "Input.ChoiceSet": "choice",
}


def check(content):
    """Refuse what is no Adaptive Card. Raises Invalid, which names the element."""
    if content.get("type") != "AdaptiveCard":
        raise Invalid("Must be AdaptiveCard.", field="content.type", value=content.get("type"))
    if not content.get("body") and not content.get("actions"):
        raise Invalid("May not be empty.", field="content.body", code="required")
    if _check_element(content, "content") > MOST_ELEMENTS:
        raise Invalid(f"May not have more than {MOST_ELEMENTS} elements.", field="content")
    inputs = [part.name for part in flat(parts(content)) if isinstance(part, Input)]
    if len(inputs) != len(set(inputs)):
        raise Invalid("Two inputs have the same id.", field="content")


def parts(content):
    """What the card is made of, ready to be shown."""
    return _Reading().card(content)


def text(content):
    """What the card says, for whoever cannot show it."""
    return "\n".join(filter(None, (_as_text(part) for part in flat(parts(content)))))


def answer(content, given):
    """Return what was answered, once it is complete. Raises Invalid."""
    shown = list(flat(parts(content)))
    if not any(isinstance(part, Button) for part in shown):
        raise Invalid("This card has nothing to answer.", field="body")
    for part in shown:
        if isinstance(part, Input) and part.required and given.get(part.name) in (None, "", part.off):
            raise Invalid(f"{part.label or part.name}: May not be empty.", field=part.name, code="required")
    return given


def told(content, answer):
    """The answer in one line, in the words of the card."""
    inputs = {part.name: part for part in flat(parts(content)) if isinstance(part, Input)}
    named = [
        f"{inputs[name].label or name}: {_worded(inputs[name], answer[name])}" for name in inputs if answer.get(name)
    ]
    return "; ".join(named) or _pressed(content, answer)


def chosen(content, button, values):
    """Return the answer of one of the card's buttons, counted from 0; ``values(name)`` lists what a form has.

    Raises IndexError when there is no such button.
    """
    shown = list(flat(parts(content)))
    data = [part.data for part in shown if isinstance(part, Button)][button]
    filled = {part.name: _filled(part, values(part.name)) for part in shown if isinstance(part, Input)}
    return {**(data if isinstance(data, dict) else {} if data is None else {"data": data}), **filled}


class _Reading:
    """Reads the elements of one card; its buttons are counted."""

    def __init__(self):
        self.buttons = 0

    def card(self, content):
        return (*self.all(content.get("body")), *self.actions(content.get("actions")))

    def all(self, elements):
        found = [self.element(each) for each in elements or () if isinstance(each, dict)]
        return tuple(part for part in found if part is not None)

    def actions(self, actions):
        found = self.all(actions)
        return (Group(found),) if found else ()

    def element(self, element):
        kind = element.get("type", "")
        if element.get("isVisible") is False:
            return None
        if kind in FIELDS:
            return _input(element, FIELDS[kind])
        if kind in ("Action.Submit", "Action.Execute"):
            return self.button(element)
        read = getattr(self, f"read_{kind.replace('.', '_').lower()}", None)
        return read(element) if read else self.fallback(element)

    def fallback(self, element):
        """What stands for an element that is not known here: its fallback, else the text that it has."""
        fallback = element.get("fallback")
        if isinstance(fallback, dict):
            return self.element(fallback)
        words = next((element[name] for name in ("text", "altText", "title") if _is_words(element.get(name))), "")
        if fallback == DROP or element.get("type", "").startswith("Action."):
            return None
        inside = self.all(element.get("items") or element.get("body"))
        return Group(inside) if inside else Text(words) if words else None

    def button(self, element):
        self.buttons += 1
        executes = element["type"] == "Action.Execute"
        return Button(element.get("title") or "OK", self.buttons - 1, element.get("data"), executes)

    def read_textblock(self, element):
        size = element.get("size") in ("Large", "ExtraLarge", "large", "extraLarge", "Medium", "medium")
        heading = element.get("style") == "heading" or (size and element.get("weight") in ("Bolder", "bolder"))
        return (
            Text(element["text"], heading=heading, subtle=element.get("isSubtle") is True) if element["text"] else None
        )

    def read_richtextblock(self, element):
        inlines = (each if isinstance(each, str) else each.get("text", "") for each in element["inlines"])
        return Text("".join(each for each in inlines if isinstance(each, str)))

    def read_image(self, element):
        words = element.get("altText", "")
        return Image(element["url"], words) if WEB.fullmatch(element["url"]) else Text(words) if words else None

    def read_imageset(self, element):
        images = (self.read_image(each) for each in element["images"])
        return Group(tuple(image for image in images if image))

    def read_container(self, element):
        return Group(self.all(element["items"]))

    def read_columnset(self, element):
        columns = (each for each in element.get("columns") or () if isinstance(each, dict))
        return Columns(tuple(Group(self.all(each.get("items"))) for each in columns))

    def read_factset(self, element):
        return Facts(tuple((each["title"], each["value"]) for each in element["facts"]))

    def read_actionset(self, element):
        return Group(self.all(element["actions"]))

    def read_action_openurl(self, element):
        url = element["url"]
        return Link(url, element.get("title") or url) if WEB.fullmatch(url) else None


def _input(element, kind):
    value = element.get("value")
    many = kind == "choice" and element.get("isMultiSelect") is True
    return Input(
        name=element["id"],
        type="choices" if many else "area" if kind == "text" and element.get("isMultiline") is True else kind,
        label=element.get("label") or element.get("title") or element.get("placeholder") or "",
        value="" if value is None else str(value),
        placeholder=_words(element.get("placeholder")),
        required=element.get("isRequired") is True,
        choices=tuple((each["title"], each["value"]) for each in element.get("choices") or ()),
        on=_words(element.get("valueOn")) or "true",
        off=_words(element.get("valueOff")) or "false",
        least=str(element.get("min", "")),
        most=str(element.get("max", "")),
        max_length=element.get("maxLength") if isinstance(element.get("maxLength"), int) else None,
    )


def _check_element(element, path):
    """Check an element and what is in it; return how many there are."""
    # A plain string is allowed among the inlines of a text.
    if isinstance(element, str) and ".inlines[" in path:
        return 1
    kind = element.get("type") if isinstance(element, dict) else None
    if not isinstance(kind, str):
        if isinstance(element, dict) and path.rpartition(".")[2].startswith(("columns[", "images[")):
            kind = "Column" if "columns[" in path.rpartition(".")[2] else "Image"
        else:
            raise Invalid("Must be an object with a type.", field=path)
    if kind in VALIDATORS:
        for error in VALIDATORS[kind].iter_errors(element):
            raise Invalid(error.message[:200], field=path + "".join(_step(step) for step in error.path))
    return (
        1
        + sum(
            _check_element(each, f"{path}.{member}[{index}]")
            for member in HOLDING
            if isinstance(element.get(member), list)
            for index, each in enumerate(element[member])
        )
        + (_check_element(element["fallback"], f"{path}.fallback") if isinstance(element.get("fallback"), dict) else 0)
    )


def _step(step):
    return f"[{step}]" if isinstance(step, int) else f".{step}"


def _as_text(part):
    match part:
        case Text():
            return part.text
        case Image():
            return part.text
        case Facts():
            return "\n".join(f"{title}: {value}" for title, value in part.facts)
        case Link():
            return f"{part.text}: {part.url}"
        case Input():
            choices = ", ".join(title for title, _value in part.choices)
            return f"{part.label}: {choices}" if part.label and choices else part.label or choices
        case Button():
            return f"[{part.text}]"
    return ""


def _worded(part, value):
    if part.type == "toggle":
        return "✓" if value == part.on else "–"
    titles = {each: title for title, each in part.choices}
    values = str(value).split(",") if part.type == "choices" else [str(value)]
    return ", ".join(titles.get(each, each) for each in values)


def _pressed(content, answer):
    """The button whose data were sent, else the plain values."""
    buttons = [part for part in flat(parts(content)) if isinstance(part, Button)]
    if len(buttons) == 1:
        return buttons[0].text
    for button in buttons:
        if button.data is not None and answer in (button.data, {"data": button.data}):
            return button.text
    return "; ".join(f"{name}: {value}" for name, value in answer.items() if isinstance(value, str | int | float))


def _filled(part, values):
    if part.type == "toggle":
        return part.on if part.on in values else part.off
    return ",".join(values)


def _is_words(value):
    return isinstance(value, str) and bool(value)


def _words(value):
    return value if isinstance(value, str) else ""
