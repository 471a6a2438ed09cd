"""How is a model asked to go on with a conversation? By one request, as OpenAI's endpoints take it.

The answer is streamed, so that it can be broken off; it is returned as a whole. Endpoints that do not stream are
understood as well. What comes back is made up by a model: all of it is checked, and none of it trusted.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..exceptions import ContactCenterError
from ..storable import each_text, storable
from .models import ModelUnavailable, headers_for, object_of, refused, unavailable
from .requests import request

ANSWER_MAX = 2_000_000  # bytes
TEXT_MAX = 20_000  # characters of what it says
CALLS_MAX = 8
TOKENS_MAX = 10_000_000  # whatever an endpoint counts
ALWAYS = {"temperature": 0, "stream": True, "stream_options": {"include_usage": True}}
BYTES_A_TOKEN = 3  # about, where the endpoint does not count


@dataclass(frozen=True)
class Endpoint:
    """Where a model is asked; ``url`` with its version, ``api_key`` is sent as a bearer's token if there is one."""

    url: str
    model: str = ""
    api_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Wanted:
    """A function that the model wants called, with arguments that are JSON, or rubbish (None)."""

    id: str
    name: str
    arguments: dict[str, Any] | None


@dataclass(frozen=True)
class Completion:
    """What the model says, and wants called. ``tokens`` is what both ways cost; ``is_cut`` where it had to end."""

    text: str = ""
    wanted: Sequence[Wanted] = ()
    tokens: int = 0
    is_cut: bool = False


class _Stopped(ContactCenterError):
    """The answer is not wanted any more, or is too long."""


def complete(
    endpoint: Endpoint,
    messages: Sequence[Mapping[str, Any]],
    *,
    tools: Sequence[Mapping[str, Any]] = (),
    tokens_most: int,
    timeout: float,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Completion:
    """Ask the model behind an endpoint to go on, and return what it says as a whole.

    Args:
        messages: What was said, as ``role`` and ``content``.
        tools: The functions that it may want called, as the endpoint takes them.
        tokens_most: Of the answer, as the endpoint is told; ``timeout``: seconds for all of it.
        is_wanted: Asked while it comes: it is broken off when nobody wants it any more.

    Raises ModelUnavailable.
    """
    optional = {"model": endpoint.model, "tools": list(tools)}
    given = {name: value for name, value in optional.items() if value}
    asked = {"messages": list(messages), "max_tokens": tokens_most, **ALWAYS, **given}
    body = json.dumps(asked).encode()
    answer = _Answer(is_wanted, asked=len(body))
    try:
        response = request(
            "POST",
            f"{endpoint.url.rstrip('/')}/chat/completions",
            body,
            headers_for(endpoint.api_key),
            deadline=time.monotonic() + timeout,
            is_trusted=True,
            is_patient=True,
            into=answer,
        )
    except _Stopped as stopped:
        raise ModelUnavailable(stopped.message) from None
    if not response.ok:
        raise unavailable(response)
    return answer.completion()


class _Answer:
    """An answer as it comes, in pieces."""

    def __init__(self, is_wanted: Callable[[], bool], asked: int) -> None:
        self._is_wanted = is_wanted
        self._asked = asked
        self._size = 0
        self._rest = b""
        self._lines: list[bytes] = []
        self._text: list[str] = []
        self._wanted: dict[int, dict[str, str]] = {}
        self._tokens = 0
        self._is_cut = False

    def write(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > ANSWER_MAX:
            raise _Stopped("The answer is too long.")
        if not self._is_wanted():
            raise _Stopped("Nobody wants the answer any more.")
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._lines += lines

    def completion(self) -> Completion:
        """What all of it says. Raises ModelUnavailable for what is no answer."""
        lines = [line.strip() for line in [*self._lines, self._rest]]
        told = [line.removeprefix(b"data:").strip() for line in lines if line.startswith(b"data:")]
        for each in told or [b"".join(lines)]:
            if each and each != b"[DONE]":
                self._take(object_of(each))
        text = storable("".join(self._text))[:TEXT_MAX].strip()
        wanted = tuple(_wanted(each) for _, each in sorted(self._wanted.items())[:CALLS_MAX])
        tokens = self._tokens or (self._asked + len(text.encode())) // BYTES_A_TOKEN
        return Completion(text=text, wanted=wanted, tokens=tokens, is_cut=self._is_cut)

    def _take(self, told: dict[str, Any]) -> None:
        if told.get("error"):
            raise refused(told["error"])
        usage = told.get("usage")
        counted = usage.get("total_tokens") if isinstance(usage, dict) else None
        if isinstance(counted, int) and not isinstance(counted, bool):
            self._tokens = max(self._tokens, min(counted, TOKENS_MAX))
        choices = told.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else {}
        if not isinstance(choice, dict):
            raise ModelUnavailable("The answer has no choices.")
        self._is_cut = self._is_cut or choice.get("finish_reason") == "length"
        said = choice.get("delta") or choice.get("message") or {}
        if not isinstance(said, dict):
            raise ModelUnavailable("The answer says nothing.")
        if isinstance(said.get("content"), str):
            self._text.append(said["content"])
        calls = said.get("tool_calls")
        for at, call in enumerate(calls if isinstance(calls, list) else ()):
            self._take_call(at, call)

    def _take_call(self, at: int, call: Any) -> None:
        """A part of a call: its name comes first, its arguments in pieces."""
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict):
            return
        index = call.get("index")
        kept = self._wanted.setdefault(
            index if isinstance(index, int) else at, {"id": "", "name": "", "arguments": ""}
        )
        kept["id"] = kept["id"] or str(call.get("id") or "")
        for name in ("name", "arguments"):
            piece = function.get(name)
            kept[name] += piece if isinstance(piece, str) else json.dumps(piece) if piece else ""


def _wanted(call: dict[str, str]) -> Wanted:
    try:
        arguments = json.loads(call["arguments"] or "{}")
    except (ValueError, RecursionError):
        arguments = None
    known = each_text(arguments, storable) if isinstance(arguments, dict) else None
    return Wanted(storable(call["id"]), storable(call["name"]), known)
