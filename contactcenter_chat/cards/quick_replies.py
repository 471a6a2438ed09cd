"""How are quick replies read? As buttons; each answers with its title and its data."""

from ..exceptions import Invalid
from ..storable import is_blank
from .parts import Button, Group, Text

MOST_OPTIONS = 20
TITLE_LENGTH = 200


def check(content):
    """Refuse what has no options, or options without a title. Raises Invalid."""
    options = content.get("options")
    if not isinstance(options, list) or not options:
        raise Invalid("May not be empty.", field="content.options", code="required")
    if len(options) > MOST_OPTIONS:
        raise Invalid(f"May not have more than {MOST_OPTIONS} items.", field="content.options")
    for index, option in enumerate(options):
        title = option.get("title") if isinstance(option, dict) else None
        if not isinstance(title, str) or is_blank(title) or len(title) > TITLE_LENGTH:
            raise Invalid(
                f"Must be text of 1 to {TITLE_LENGTH} characters.",
                field=f"content.options[{index}].title",
                value=title,
            )


def parts(content):
    asked = content.get("text") or content.get("title")
    buttons = [Button(each["title"], number, each.get("data")) for number, each in enumerate(content["options"])]
    return (*([Text(asked)] if isinstance(asked, str) else []), Group(tuple(buttons)))


def text(content):
    asked = [part.text for part in parts(content) if isinstance(part, Text)]
    return "\n".join([*asked, *(f"{number}. {each['title']}" for number, each in enumerate(content["options"], 1))])


def answer(content, given):
    """Return title and data of the option that is meant: by its data, else by its title. Raises Invalid."""
    for means in (_by_data, _by_title):
        for option in content["options"]:
            if means(option, given):
                return {"title": option["title"], "data": option.get("data")}
    raise Invalid("This is none of the card's options.", field="body")


def told(content, answer):
    return answer["title"]


def chosen(content, button, values):
    option = content["options"][button]
    return {"title": option["title"], "data": option.get("data")}


def _by_data(option, given):
    data = option.get("data")
    return data is not None and (given == data or given.get("data") == data) and _titled(option, given)


def _by_title(option, given):
    return given.get("title") == option["title"]


def _titled(option, given):
    # Where the title is told as well, it decides between options with the same data.
    return given.get("title", option["title"]) == option["title"]
