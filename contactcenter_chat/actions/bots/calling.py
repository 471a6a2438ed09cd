"""How does a bot call a function of the project? Where that needs a yes or a code, the customer is asked for it first.

What is asked for stands in the spell (``pending``) until the next turn is over: with the ``turn`` in which it was
asked, so that one that a crash has cut short asks for nothing twice.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from ...bots import codes, waiting, words
from ...bots.base import Call, Called, CallState, QuickReply, Say, Turn
from ...database import atomic
from ...exceptions import Conflict, ContactCenterError, Invalid, NotFound
from ...isolates import unturned
from ...knowledge.passages import digest_of
from ...models import BotSpell, Conversation, ToolCall, clock
from ...queries.identity import level_of, open_code
from ...tools.arguments import checked, kept, shown
from ...tools.registry import Tool, tool_named
from ...wire.levels import Level
from ..tools import NotConfirmed, NotVerified, call_tool
from ..verification import check_code, send_code
from .leases import locked
from .saying import say, system_data
from .writing import WRITTEN, note_written

Pending = dict[str, Any]

CODE, YES = "code", "yes"  # what is asked for


def call(held: BotSpell, turn: Turn, number: int, wanted: Call) -> Called:
    """Call it, as the ``number``-th of what the bot answers in this turn. Raises Lost."""
    arguments = _as_called(wanted)
    pending = {"tool": wanted.tool, "arguments": arguments, "key": _key(held, turn, wanted.tool, arguments)}
    return _called(held, turn, number, pending, is_confirmed=False)


def resumed(held: BotSpell, turn: Turn) -> Turn | None:
    """Return the turn with what came of what the customer was asked for; None where that was answered already.

    Raises Lost.
    """
    pending = held.pending
    if pending["turn"] == turn.number:  # asked in this turn, before a crash cut it short
        return None
    if pending["wants"] == YES:
        chosen, is_all = _confirmed(turn, pending["question"])
        if not chosen and not _is_late_yes(turn):
            return turn
        done = chosen == words.YES
        if not chosen or (done and not is_all):
            _ask_anew(held, turn)
            return None
        called = (
            _called(held, turn, 0, pending, is_confirmed=True) if done else Called(pending["tool"], CallState.DECLINED)
        )
    else:
        typed = _typed(turn)
        if typed is None and _wants_again(turn):
            _send_again(held, turn)
            return None
        problem = _checked(held, typed) if typed else None
        if typed is None or problem:
            return _told(held, turn, problem) if problem else turn
        if not _is_at_once(turn, pending):
            _ask_anew(held, turn)
            return None
        called = _called(held, turn, 0, pending, is_confirmed=False)
    return None if called.state == CallState.ASKED else replace(turn, called=called)


def is_awaited(spell: BotSpell, turn: Turn, at: datetime) -> bool:
    """Whether what was asked for may come still after this turn: a code until it has come back, a yes until then."""
    if spell.pending["turn"] == turn.number:
        return True
    return spell.pending["wants"] == CODE and open_code(_conversation(spell), at) is not None


def _ask_anew(held: BotSpell, turn: Turn) -> None:
    """Something else was said meanwhile, which may mean that it is not wanted any more: ask for a yes to all of it."""
    _ask(held, turn, 0, {**held.pending, "wants": YES, "question": secrets.token_urlsafe(9)}, _question)


def _is_at_once(turn: Turn, pending: Pending) -> bool:
    """Whether nothing that matters was said between the request for a code and the code, nor with it."""
    others = [each.text for each in turn.said if codes.typed(each.text) is None]
    return turn.number == pending["turn"] + 1 and all(waiting.is_polite(each) for each in others)


def _confirmed(turn: Turn, question: str) -> tuple[str, bool]:
    """The answer to this question, yes or no, and whether nothing that matters was said beside it.

    Empty for none, and of an older question.
    """
    answers = {
        number: words.own_choice(each.data)
        for number, each in enumerate(turn.said)
        if words.own_choice(each.data) in words.CONFIRMING and each.data.get("question") == question
    }
    others = [each.text for number, each in enumerate(turn.said) if number not in answers]
    chosen = [*answers.values()]
    is_all = len(set(chosen)) == 1 and all(waiting.is_polite(each) for each in others)
    return (chosen[-1] if chosen else ""), is_all


def _is_late_yes(turn: Turn) -> bool:
    """Whether the customer says yes, and nothing else that matters, to a question that was passed."""
    title = words.in_language(turn.language, words.yes).casefold()
    is_yes = [each.data is None and each.text.strip().casefold() == title for each in turn.said]
    others = [each.text for each, is_one in zip(turn.said, is_yes, strict=True) if not is_one]
    return any(is_yes) and all(waiting.is_polite(each) for each in others)


def _typed(turn: Turn) -> str | None:
    """The code that the customer has typed last."""
    typed = [code for each in turn.said if (code := codes.typed(each.text))]
    return typed[-1] if typed else None


def _wants_again(turn: Turn) -> bool:
    """Whether the customer asks for the code once more, and says nothing else that matters."""
    title = words.in_language(turn.language, words.send_again).casefold()
    asks = [
        words.own_choice(each.data) == words.AGAIN
        or each.text.strip().casefold() == title
        or codes.wants_again(each.text)
        for each in turn.said
    ]
    others = [each.text for each, is_asking in zip(turn.said, asks, strict=True) if not is_asking]
    return any(asks) and all(waiting.is_polite(each) for each in others)


def _send_again(held: BotSpell, turn: Turn) -> None:
    """Send another code, and say so, or why not; a turn that a crash cut short sends no second one. Raises Lost."""
    sent = open_code(_conversation(held), clock.now())
    before = _code_before(held, turn, sent.pk if sent else None)
    try:
        if sent is None or sent.pk == before:
            sent = send_code(conversation_id=held.conversation_id)
    except ContactCenterError as error:
        _ask(held, turn, 0, held.pending, partial(_with_again, error))
        return
    _ask(held, turn, 0, held.pending, partial(_code_sent, sent.masked_address))


def _code_before(held: BotSpell, turn: Turn, now: Any) -> Any:
    """The code that was open when this turn was first to send another one: it is ``now``, unless a crash came between.

    It is noted before that is sent, so that whoever takes the turn again knows whether it was. Raises Lost.
    """
    again = held.pending.get("again", {})
    if again.get("turn") == turn.number:
        return again["code"]
    with atomic():
        _conversation_now, spell = locked(held)
        spell.pending = held.pending = {**spell.pending, "again": {"turn": turn.number, "code": now}}
        spell.save(update_fields=["pending"])
    return now


def _as_called(wanted: Call) -> dict[str, Any]:
    """The arguments as the function gets them, however they were written; as they came where they are not right."""
    tool = tool_named(wanted.tool)
    try:
        return kept(checked(tool.form, wanted.arguments)) if tool else dict(wanted.arguments)
    except Invalid:
        return dict(wanted.arguments)


def _key(held: BotSpell, turn: Turn, name: str, arguments: dict[str, Any]) -> str:
    """The same when a turn is taken again, and calls the same."""
    return f"{held.pk}.{turn.number}.{digest_of([name], json.dumps(arguments, sort_keys=True, default=str))}"


def _called(held: BotSpell, turn: Turn, number: int, pending: Pending, *, is_confirmed: bool) -> Called:
    name = pending["tool"]
    try:
        done = _now(held, pending, is_confirmed=is_confirmed)
    except NotConfirmed:
        return _ask(held, turn, number, {**pending, "wants": YES, "question": secrets.token_urlsafe(9)}, _question)
    except NotVerified:
        return _ask_for_code(held, turn, number, pending)
    except (NotFound, Invalid, Conflict) as error:
        problems = getattr(error, "problems", [error])
        return Called(name, CallState.REFUSED, " ".join(_complaint(each) for each in problems))
    return Called(name, done.state, done.told)


def _now(held: BotSpell, pending: Pending, *, is_confirmed: bool) -> ToolCall:
    with atomic():
        conversation, spell = locked(held)
        note_written(held, spell, spell.written)
        spell.save(update_fields=WRITTEN)
        return call_tool(
            conversation_id=conversation.pk,
            tool=pending["tool"],
            arguments=pending["arguments"],
            key=pending["key"],
            bot=spell.bot,
            is_confirmed=is_confirmed,
        )


def _complaint(error: ContactCenterError) -> str:
    field = getattr(error, "field", "")
    return f"{field}: {error.message}" if field else error.message


def _ask(
    held: BotSpell, turn: Turn, number: int, pending: Pending, question: Callable[[Conversation, Pending], Say]
) -> Called:
    """Ask the customer for what is missing; once, however often the turn is taken."""
    with atomic():
        conversation, spell = locked(held)
        if number >= spell.written:
            note_written(held, spell, number + 1)
            spell.pending = {**pending, "turn": turn.number}
            spell.save(update_fields=[*WRITTEN, "pending"])
            say(conversation, spell, question(conversation, pending))
    return Called(pending["tool"], CallState.ASKED)


def _question(conversation: Conversation, pending: Pending) -> Say:
    tool: Any = tool_named(pending["tool"])

    def told() -> Say:
        said = [(label, _in_a_line(value)) for label, value in shown(tool.form, pending["arguments"])]
        about = {"question": pending["question"]}
        replies = [
            QuickReply(words.yes(), system_data(words.YES) | about),
            QuickReply(words.no(), system_data(words.NO) | about),
            QuickReply(words.human(), system_data(words.HUMAN)),
        ]
        return Say(words.confirm(str(tool.title), said), replies)

    return words.in_language(conversation.language, told)


def _in_a_line(value: str) -> str:
    """All of it: what is not shown is not confirmed."""
    return " ".join(unturned(value).split())


def _ask_for_code(held: BotSpell, turn: Turn, number: int, pending: Pending) -> Called:
    tool: Tool | None = tool_named(pending["tool"])
    if tool is None or tool.needs > Level.CODE:  # no code makes it that sure
        return Called(pending["tool"], CallState.NOT_VERIFIED)
    conversation = _conversation(held)
    if level_of(conversation, clock.now()) >= tool.needs:  # for another address than the row has
        return Called(pending["tool"], CallState.NOT_VERIFIED)
    sent = open_code(conversation, clock.now())
    try:
        sent = sent or send_code(conversation_id=held.conversation_id)
    except ContactCenterError as error:  # no address, too many, a mail server that is not there
        return Called(pending["tool"], CallState.NOT_VERIFIED, error.message)
    return _ask(held, turn, number, {**pending, "wants": CODE}, partial(_code_sent, sent.masked_address))


def _conversation(held: BotSpell) -> Conversation:
    """The conversation as it is now, with what its customer's identity hangs on."""
    return Conversation.objects.select_related("channel__webhook", "customer").get(pk=held.conversation_id)


def _code_sent(address: str, conversation: Conversation, _pending: Pending) -> Say:
    told = words.in_language(conversation.language, partial(words.code_sent, address))
    return Say(told, _again(conversation.language))


def _with_again(error: ContactCenterError, conversation: Conversation, _pending: Pending) -> Say:
    """What is wrong, with the way to get another code."""
    return Say(words.in_language(conversation.language, lambda: error.translated), _again(conversation.language))


def _again(language: str) -> list[QuickReply]:
    again, human = words.in_language(language, lambda: (words.send_again(), words.human()))
    return [QuickReply(again, system_data(words.AGAIN)), QuickReply(human, system_data(words.HUMAN))]


def _checked(held: BotSpell, code: str) -> ContactCenterError | None:
    """Check a code; return what is wrong with it. One that came back before a crash is right still."""
    tool = tool_named(held.pending["tool"])
    conversation = _conversation(held)
    if tool and level_of(conversation, clock.now()) >= tool.needs:
        return None
    try:
        check_code(conversation_id=held.conversation_id, code=code)
    except (Invalid, Conflict) as error:
        return error
    return None


def _told(held: BotSpell, turn: Turn, problem: ContactCenterError) -> Turn | None:
    """Tell the customer what is wrong with the code, for as long as there is one that may come still."""
    if isinstance(problem, Conflict):
        return replace(turn, called=Called(held.pending["tool"], CallState.NOT_VERIFIED, problem.message))
    with atomic():
        conversation, spell = locked(held)
        if not spell.written:
            note_written(held, spell, 1)
            spell.pending = {**spell.pending, "turn": turn.number}
            spell.save(update_fields=[*WRITTEN, "pending"])
            say(conversation, spell, _with_again(problem, conversation, spell.pending))
    return None
