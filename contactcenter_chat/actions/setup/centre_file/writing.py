"""What is there, as a file: all that the format can say, so that applying it makes the same again."""

import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from ....exceptions import Conflict, Unavailable
from ....models import Tenant
from .keys import VERSION
from .special import DAYS
from .standing import Standing, standing_of

WIDTH = 119
# What needs no quotes anywhere; the writer leaves out some that its reader needs.
SAFE = re.compile(r"[^\W\d_](?:[\w ./()'-]*[\w.)])?")
SWITCHES = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # what older readers take for no text
UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # what YAML wants escaped, and JSON does not
DAYS_OF_ARTICLES = ("from", "to", "review")
BLOCKS = ("centre", "agents", "hours", "queues", "codes", "prepared_responses", "articles", "channels")


def write_file(tenant: Tenant) -> str:
    """Return a contact centre as the text of a file.

    Raises Conflict when two of a kind have one name, so that a file could not say which; Unavailable without the
    extra ``centre``.
    """
    try:
        from ruamel.yaml import YAML
    except ImportError as error:
        raise Unavailable(gettext_noop("A centre's file needs the extra “centre”, which is not installed.")) from error
    standing = standing_of(tenant)
    for _section, name in sorted(standing.doubles, key=str):
        raise Conflict(gettext_noop("There are two of the name %(name)s: rename one of them first."), name=str(name))
    yaml = YAML(typ="rt")
    yaml.width = WIDTH
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), lambda dumper, _none: _null(dumper))
    text = io.StringIO()
    for key, value in _sections(standing):
        if key == "articles":
            text.write(_articles(value))
        else:
            yaml.dump({key: _quoted(value)}, text)
        text.write("\n")
    return text.getvalue().rstrip("\n") + "\n"


def _quoted(value: Any) -> Any:
    """The same with quotes around all texts that may need them."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, str):
        # Where a line is folded, two blanks would become one.
        is_safe = SAFE.fullmatch(value) and "  " not in value and value.lower() not in SWITCHES
        return value if is_safe else DoubleQuotedScalarString(value)
    kind: Any = type(value)
    if isinstance(value, Mapping):
        quoted = kind((_quoted(key), _quoted(each)) for key, each in value.items())
    elif isinstance(value, list):
        quoted = kind(_quoted(each) for each in value)
    else:
        return value
    if hasattr(value, "fa") and value.fa.flow_style():
        quoted.fa.set_flow_style()
    return quoted


def _null(dumper: Any) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "null")


def _sections(standing: Standing) -> Iterable[tuple[str, Any]]:
    values = standing.values
    yield "version", VERSION
    yield "centre", values["centre"]
    yield "skills", _flow(list(values["skills"]))
    yield "agents", {name: _flow(agent) for name, agent in values["agents"].items()}
    yield "hours", {name: _hours(hours) for name, hours in values["hours"].items()}
    yield "queues", {name: _queue(queue) for name, queue in values["queues"].items()}
    yield "departments", {name: _flow(department) for name, department in values["departments"].items()}
    yield "codes", {name: _code_list(each) for name, each in values["codes"].items() if each["active"]}
    yield "prepared_responses", [_response(response) for response in values["prepared_responses"].values()]
    yield "articles", values["articles"].values()
    yield "channels", {name: _flow(channel) for name, channel in values["channels"].items()}


def _flow(value: Any) -> Any:
    """A value as it is written in one line, with all that is in it."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        mapping = CommentedMap((key, _flow(each)) for key, each in value.items())
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        items = CommentedSeq(_flow(each) for each in value)
        items.fa.set_flow_style()
        return items
    return value


def _hours(hours: Mapping[str, Any]) -> dict[str, Any]:
    exceptions = {date.fromisoformat(day): periods for day, periods in hours["exceptions"].items()}
    return {**hours, "weekly": _flow(_spans(hours["weekly"])), "exceptions": _flow(exceptions)}


def _spans(weekly: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Days in turn with the same periods, as from one to the other."""
    spans: list[list[str]] = []
    for day in DAYS:
        follows = bool(spans) and DAYS.index(spans[-1][-1]) + 1 == DAYS.index(day)
        if day in weekly and follows and weekly[spans[-1][-1]] == weekly[day]:
            spans[-1].append(day)
        elif day in weekly:
            spans.append([day])
    return {span[0] if len(span) == 1 else f"{span[0]}-{span[-1]}": weekly[span[0]] for span in spans}


def _queue(queue: Mapping[str, Any]) -> dict[str, Any]:
    steps = [_flow(step) for step in queue["steps"]]
    return {key: _flow(value) for key, value in queue.items()} | {"steps": steps or _flow([])}


def _code_list(code_list: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "queues": _flow(code_list["queues"]),
        "required": code_list["required"],
        "choice": code_list["choice"],
        "codes": _codes(code_list["codes"]) or _flow([]),
    }


def _codes(codes: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """Those that are in use, as a tree. What stands under a retired heading is written where that stands."""
    top: list[Any] = []
    below: dict[str, list[Any]] = {}
    for short_code, code in codes.items():
        if code["retired"]:
            continue
        own = {key: code[key] for key in ("label", "labels", "report_text", "external_id", "from", "to")}
        own |= {key: date.fromisoformat(own[key]) for key in ("from", "to") if own[key]}
        under = code["under"]
        while under and codes[under]["retired"]:
            under = codes[under]["under"]
        siblings = below.setdefault(under, []) if under else top
        siblings.append({"code": short_code, **own, "codes": below.setdefault(short_code, [])})
    return [_written(code) for code in top]


def _written(code: Mapping[str, Any]) -> Any:
    """A code in one line, or with those under it in lines of their own."""
    own = {key: value for key, value in code.items() if key != "codes"}
    if not code["codes"]:
        return _flow(own)
    return {**{key: _flow(value) for key, value in own.items()}, "codes": [_written(each) for each in code["codes"]]}


def _response(response: Mapping[str, Any]) -> dict[str, Any]:
    return {**response, "acts": _flow({key: value for key, value in response["acts"].items() if value})}


# Articles may be thousands: what is written of each is simple, and YAML takes what JSON has.


def _articles(articles: Iterable[Mapping[str, Any]]) -> str:
    """The section as text."""
    items = "".join(_lines(article, "    ").replace("    ", "  - ", 1) for article in articles)
    return f"articles:\n{items}" if items else "articles: []\n"


def _lines(values: Mapping[str, Any], indent: str) -> str:
    return "".join(f"{indent}{key}:{_behind(key, value, indent)}\n" for key, value in values.items())


def _behind(key: str, value: Any, indent: str) -> str:
    """What stands behind a key: a word, or lines below it."""
    if isinstance(value, list) and key == "questions":
        return "".join(f"\n{indent}  - {_text(each)}" for each in value)
    if isinstance(value, list):
        return f" [{', '.join(map(_text, value))}]"
    if isinstance(value, Mapping):
        return "\n" + _lines(value, f"{indent}  ").removesuffix("\n") if value else " {}"
    return f" {value if key in DAYS_OF_ARTICLES and value else _text(value)}"


def _text(value: str | None) -> str:
    """A text, in quotes unless it needs none."""
    if value is None:
        return "null"
    if SAFE.fullmatch(value) and "  " not in value and value.lower() not in SWITCHES:
        return value
    return UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
