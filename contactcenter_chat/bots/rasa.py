"""A bot that a Rasa server answers for, over its REST channel.

What it may answer is what Rasa documents of that channel; anything else has an agent take over. By ``custom`` messages
its actions hand over and end: ``{"handover": {...}}``, ``{"end": "code"}``.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from ..models.conversations import Reason
from ..outbound.requests import Response, request
from ..wire.limits import BRIEF_WORDS_MAX
from ..wire.skills import MOST as SKILLS_MOST
from .base import Action, Bot, Brief, End, HandOver, QuickReply, Say, Turn

PATH = "/webhooks/rest/webhook"
ANSWER_MAX = 1024 * 1024  # bytes
MESSAGES_MOST = 20  # of an answer
TIMEOUT = (1, 15, 60)  # seconds: least, default, most
REST_SECONDS = 5  # of a turn: what is answered must be written as well
TITLE_MOST = 200  # characters of a quick reply
HANDOVER = ("intent", "summary", "entities", "tried", "mood", "queue", "skills", "reason")
TOLD_MOST = 200  # characters of a refusal


class WrongAnswer(Exception):
    """What came back is no answer of Rasa's REST channel: in a sentence, why."""


class RasaBot(Bot):
    """Passes on what a Rasa server answers. The conversation's id is Rasa's ``sender``.

    Args:
        url: Where Rasa is: ``https://rasa.example``.
        token: Sent as Rasa's ``?token=``; empty for none.
        headers: Sent as well, as ``{"Authorization": "Bearer …"}``.
        timeout: Seconds for all that is asked in a turn, 1 to 60.
        private: Whether the address may be one inside the own network.
    """

    def __init__(
        self,
        *,
        url: str,
        token: str = "",
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT[1],
        private: bool = False,
    ) -> None:
        super().__init__()
        _check_options(url, token, headers, timeout)
        self._url = f"{url.rstrip('/')}{PATH}" + (f"?token={quote(token, safe='')}" if token else "")
        # A connection of its own: what a kept one is closed in the middle of, nobody would ask once more.
        usual = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
        self._headers = {**usual, **(headers or {})}
        self._timeout = timeout
        self._private = private
        self.seconds = timeout + REST_SECONDS

    def answer(self, turn: Turn) -> Iterator[Action]:
        deadline = time.monotonic() + self._timeout
        for message in _messages(turn):
            for each in self._ask(turn.conversation_id, message, deadline):
                yield from (actions := list(_actions(each)))
                if any(isinstance(action, HandOver | End) for action in actions):
                    return

    def _ask(self, sender: str, message: str, deadline: float) -> list[dict[str, Any]]:
        response = request(
            "POST",
            self._url,
            json.dumps({"sender": sender, "message": message}).encode(),
            self._headers,
            deadline=deadline,
            is_trusted=self._private,
            answer_max=ANSWER_MAX,
            is_patient=True,
        )
        return _read(response, is_late=time.monotonic() >= deadline)


def _check_options(url: Any, token: Any, headers: Any, timeout: Any) -> None:
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("url must be an http or https URL without a query")
    if not isinstance(token, str):
        raise ValueError("token must be text")
    pairs = [*(headers or {}).items()] if isinstance(headers, Mapping | None) else [("", None)]
    if not all(isinstance(each, str) for pair in pairs for each in pair):
        raise ValueError("headers must be an object of texts")
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if not is_number or not TIMEOUT[0] <= timeout <= TIMEOUT[2]:
        raise ValueError(f"timeout must be from {TIMEOUT[0]} to {TIMEOUT[2]} seconds")


def _messages(turn: Turn) -> Iterator[str]:
    """What Rasa is told, one after the other: what was typed as one text, and the payload of what was chosen."""
    typed: list[str] = []
    for said in turn.said:
        if isinstance(said.data, str):
            if typed:
                yield "\n".join(typed)
            typed = []
            yield said.data
        else:
            typed.append(said.text)
    if typed:
        yield "\n".join(typed)


def _read(response: Response, is_late: bool) -> list[dict[str, Any]]:
    """The messages of an answer. Raises TimeoutError, WrongAnswer."""
    if response.timed_out:
        raise TimeoutError("Rasa has not answered in time.")
    if not response.ok:
        raise WrongAnswer(response.error or f"Rasa answers with status {response.status}: {response.text[:TOLD_MOST]}")
    if len(response.content) >= ANSWER_MAX:
        raise WrongAnswer(f"Rasa's answer is longer than {ANSWER_MAX} bytes.")
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        if is_late:
            raise TimeoutError("Rasa has not answered in time.") from None
        raise WrongAnswer("Rasa's answer is no JSON.") from None
    if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
        raise WrongAnswer("Rasa's answer is no list of messages.")
    if len(answer) > MESSAGES_MOST:
        raise WrongAnswer(f"Rasa answers with more than {MESSAGES_MOST} messages.")
    return answer


def _actions(message: dict[str, Any]) -> Iterator[Action]:
    """What one message comes to; a ``custom`` one that is for other clients comes to nothing."""
    text, buttons = _text(message, "text"), _buttons(message.get("buttons"))
    lines = [each for each in (text, _link(message, "image"), _link(message, "attachment")) if each.strip()]
    if buttons and not lines:
        raise WrongAnswer("Rasa gives something to choose without a text.")
    if lines:
        yield Say("\n".join(lines), buttons)
    custom = message.get("custom") or {}
    if not isinstance(custom, dict):
        raise WrongAnswer("Rasa's custom is no object.")
    if "handover" in custom:
        yield _handover(custom["handover"])
    elif "end" in custom:
        yield End(_text(custom, "end"))


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise WrongAnswer(f"Rasa's {name} is no text.")
    return value or ""


def _buttons(given: Any) -> tuple[QuickReply, ...]:
    buttons = given or []
    if not isinstance(buttons, list) or not all(isinstance(each, dict) for each in buttons):
        raise WrongAnswer("Rasa's buttons are no list of buttons.")
    pairs = [(_text(each, "title").strip(), _text(each, "payload")) for each in buttons]
    if not all(title for title, _payload in pairs):
        raise WrongAnswer("One of Rasa's buttons has no title.")
    return tuple(QuickReply(title[:TITLE_MOST], payload or title) for title, payload in pairs)


def _link(message: Mapping[str, Any], name: str) -> str:
    """The address of an image or a file, which some of Rasa's channels wrap."""
    value = message.get(name)
    if isinstance(value, dict):
        payload = value.get("payload")
        value = payload.get("src") if isinstance(payload, dict) else None
        value = value if value is not None else ""
    if value is None:
        return ""
    try:
        is_link = isinstance(value, str) and urlsplit(value).scheme in ("http", "https")
    except ValueError:
        is_link = False
    if not is_link:
        raise WrongAnswer(f"Rasa's {name} is no address.")
    return value


def _handover(given: Any) -> HandOver:
    """What hands over matters more than what is told with it: what cannot be kept of it is left out."""
    given = given if isinstance(given, dict) else {}
    entities = given["entities"] if isinstance(given.get("entities"), dict) else {}
    tried = given["tried"] if isinstance(given.get("tried"), list) else []
    brief = Brief(
        entities={name: told for name, value in entities.items() if (told := _told(value))},
        tried=[told for each in tried if (told := _told(each))],
        **{name: given.get(name, "") for name in ("intent", "summary", "mood")},
    ).fitting()
    queue, reason = (each if isinstance(each, str) else "" for each in (given.get("queue"), given.get("reason")))
    unknown = tuple(f"unknown: {name!r}" for name in given if name not in HANDOVER)[:SKILLS_MOST]
    skills = _skills(given.get("skills"))
    return HandOver(brief, queue=queue, skills=skills, reason=reason or Reason.FAILED, left_out=unknown)


def _told(value: Any) -> str:
    """A slot's value as text; nothing of what has no plain one."""
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value)[:BRIEF_WORDS_MAX] if is_plain else ""


def _skills(given: Any) -> list[tuple[str, int]]:
    skills = given[:SKILLS_MOST] if isinstance(given, list) else []
    pairs = [(each.get("name"), each.get("level", 1)) for each in skills if isinstance(each, dict)]
    return [(name, level) for name, level in pairs if isinstance(name, str) and isinstance(level, int)]
