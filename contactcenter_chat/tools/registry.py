"""Which functions of the project may be called in a conversation, and by whom?

They stand in a module ``contact_tools`` of an app, which is imported when Django starts::

    @contact_tool(needs="code", confirm=True, permission="rooms.add_booking", bots=["assistant"])
    def book_room(calling, room: Literal["Blue", "Red"], day: date, hours: int = 1) -> str:
        "Book a room for the customer."
        booking = Booking.objects.create(room=room, day=day, hours=hours, by=calling.address)
        return f"Booked: {booking}"
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import cached_property

from ..wire.levels import Level
from .arguments import form_of, schema_of

NAME_MAX = 64


@dataclass(frozen=True)
class Calling:
    """In what a function is called: its first argument.

    ``conversation`` and its ``customer`` are rows to read, ``agent`` is who calls, or ``bot`` the name of the bot that
    does. ``identity`` is how sure it is that the customer is who the data say; a code makes sure of no more than the
    e-mail ``address``, which is empty below that. ``key`` is the same when the same call comes again: the app itself
    asks the function once.
    """

    conversation: Any
    identity: Level
    key: str = field(repr=False)
    address: str = ""
    agent: Any = None
    bot: str = ""

    @property
    def customer(self) -> Any:
        """The customer of the conversation."""
        return self.conversation.customer


@dataclass(frozen=True)
class Tool:
    """A function, and what it asks of whoever calls it."""

    name: str
    function: Callable[..., Any]
    title: str
    description: str
    needs: Level = Level.NONE
    confirm: bool = False
    permission: str = ""
    bots: Sequence[str] = ()
    form: type[forms.Form] = field(default=forms.Form)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """What it takes, as a JSON Schema."""
        return schema_of(self.form)


_tools: dict[str, Tool] = {}


def contact_tool(
    *,
    needs: str = Level.NONE,
    confirm: bool = False,
    permission: str = "",
    bots: Sequence[str] = (),
    title: Any = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a typed function callable in conversations; it is returned as it is.

    Args:
        needs: The level of identity that the customer must have, as in ``wire.levels``.
        confirm: Whether the customer, or the agent who calls it, is asked before.
        permission: What an agent's user must have, as Django names it; bots have none.
        bots: Which bots may call it.
        title: What agents read on its button; by default its name.

    The function's first argument is a Calling, the others are typed: ``str``, ``int``, ``float``, ``Decimal``,
    ``bool``, ``date``, ``time``, ``datetime``, ``Literal`` of texts or ``TextChoices``, and any of them or ``None``.
    Its docstring says what it does. It is called in a transaction with the conversation locked: it must not wait for
    others. It returns text, or what JSON can hold. Raises TypeError, and ValueError for a level or name that is none.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name, described = function.__name__, (inspect.getdoc(function) or "").strip()
        _check(name, described, function, bots)
        _tools[name] = Tool(
            name=name,
            function=function,
            title=title or name.replace("_", " ").capitalize(),
            description=described,
            needs=_level(name, needs),
            confirm=confirm,
            permission=permission,
            bots=tuple(bots),
            form=_form(name, function),
        )
        return function

    return register


def tool_named(name: str) -> Tool | None:
    """Return the tool of this name; None for none."""
    return _tools.get(name)


def title_of(name: str) -> str:
    """Return what people call a tool; of one that is not there any more, its name."""
    tool = tool_named(name)
    return str(tool.title) if tool else name


def tools() -> list[Tool]:
    """Return all of them, by their names."""
    return [_tools[name] for name in sorted(_tools)]


def tools_for_bot(bot: str) -> list[Tool]:
    """Return those that a bot of this name may call."""
    return [each for each in tools() if bot in each.bots]


def _level(name: str, needs: str) -> Level:
    if needs not in set(Level):
        raise ValueError(f"{name} may need {', '.join(Level)}, not {needs!r}.")
    return Level(needs)


def _form(name: str, function: Callable[..., Any]) -> type[forms.Form]:
    """The form of what it takes. Raises TypeError, with its name."""
    try:
        return form_of(function)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from error


def _check(name: str, described: str, function: Callable[..., Any], bots: Any) -> None:
    if isinstance(bots, str):
        raise TypeError(f"{name}: bots are a list of names, not text.")
    known = _tools.get(name)
    if known and _path(known.function) != _path(function):
        raise ValueError(f"There are two tools that are called {name}.")
    if len(name) > NAME_MAX:
        raise ValueError(f"A tool's name has at most {NAME_MAX} characters.")
    if not described:
        raise TypeError(f"{name} needs a docstring: it is what models and agents are told of it.")
    if inspect.iscoroutinefunction(function):
        raise TypeError(f"{name} must be a plain function: nobody awaits it.")
    first = next(iter(inspect.signature(function).parameters.values()), None)
    if first is None or first.annotation not in (first.empty, Any, Calling, "Any", Calling.__name__):
        raise TypeError(f"{name}: the first argument is the Calling, without a type or of that one.")


def _path(function: Callable[..., Any]) -> tuple[str, str]:
    return function.__module__, function.__qualname__
