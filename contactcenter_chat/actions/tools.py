"""Call a function of the project in a conversation: for the agent who handles it, or for the bot that has it.

The call, what came of it and what the function itself writes are one transaction; the same key is called once.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_noop as _

from ..database import atomic, connection
from ..events import ToolCalled
from ..exceptions import Conflict, Forbidden, NotFound
from ..models import Agent, Conversation, ToolCall, clock
from ..models.base import max_length
from ..models.tool_calls import ToolState
from ..queries.identity import counted, email_of, level_of
from ..queries.tools import tool_for
from ..storable import each_text, storable
from ..tools.arguments import are_same, checked, kept
from ..tools.registry import Calling, Tool, tool_named
from ..wire.levels import Level
from .participants import check_handles, living
from .recording import record

logger = logging.getLogger(__name__)

RESULT_MAX = 8_000  # characters, as JSON
KEY_MAX = max_length(ToolCall, "key")


class NotVerified(Forbidden):
    """It is not sure enough who the customer is."""

    code = "not_verified"


class NotConfirmed(Conflict):
    """Nobody has said that this is wanted."""

    code = "not_confirmed"


def call_tool(
    *,
    conversation_id: str,
    tool: str,
    arguments: Mapping[str, Any],
    key: str,
    agent: Agent | None = None,
    bot: str = "",
    is_confirmed: bool = False,
    tenant_id: str | None = None,
) -> ToolCall:
    """Call a tool and return what came of it; for a ``key`` that was there already, what came of that.

    What the function raises is a result as well, FAILED, and what it has written until then is taken back. Raises
    NotFound for a tool that is none or not the caller's, Conflict for an agent who is not in the chat and for a key
    that was another call's, NotVerified, NotConfirmed, and Invalid for arguments that are not right.
    """
    if not 0 < len(key) <= KEY_MAX:
        raise Conflict(_("Something else was called under this key."))
    with atomic():
        conversation = living(conversation_id, tenant_id)
        if not bot:
            check_handles(conversation, agent)
        called = _allowed(tool, agent, bot)
        wanted = checked(called.form, arguments)
        before = ToolCall.objects.filter(conversation=conversation.pk, key=key).first()
        if before:
            return _same(before, called, wanted)
        level = level_of(conversation, clock.now())
        counting = counted(conversation, level)
        check_callable(called, counting, is_confirmed=is_confirmed)
        address = email_of(conversation) if counting >= Level.CODE else ""
        calling = Calling(conversation=conversation, identity=level, key=key, address=address, agent=agent, bot=bot)
        return _called(called, calling, wanted)


def check_callable(tool: Tool, level: Level, *, is_confirmed: bool) -> None:
    """Refuse a call for somebody of whom that is not known, or that nobody has confirmed."""
    if level < tool.needs:
        raise NotVerified(_("It is not sure enough who the customer is."))
    if tool.confirm and not is_confirmed:
        raise NotConfirmed(_("It is to be confirmed first."))


def _allowed(name: str, agent: Agent | None, bot: str) -> Tool:
    if agent:
        return tool_for(agent, name)
    tool = tool_named(name)
    if tool is None or bot not in tool.bots:
        raise NotFound("Tool", name)
    return tool


def _same(before: ToolCall, tool: Tool, arguments: Mapping[str, Any]) -> ToolCall:
    if before.tool != tool.name or not are_same(before.arguments, kept(arguments)):
        raise Conflict(_("Something else was called under this key."))
    return before


def _called(tool: Tool, calling: Calling, arguments: dict[str, Any]) -> ToolCall:
    state, result = ToolState.DONE, None
    try:
        with atomic():
            result = _as_json(tool.function(calling, **arguments))
            _check_whole()
    except Exception as error:  # whatever a function of the project brings about
        logger.exception("The tool %s failed in conversation %s.", tool.name, calling.conversation.pk)
        state, result = ToolState.FAILED, type(error).__name__
    # The function may have written here as well.
    conversation: Conversation = living(calling.conversation.pk)
    call = ToolCall.objects.create(
        tenant_id=conversation.tenant_id,
        conversation=conversation,
        key=calling.key,
        tool=tool.name,
        arguments=kept(arguments),
        state=state,
        result=result,
        result_order=list(result) if isinstance(result, dict) else [],
        agent=calling.agent,
        bot=calling.bot,
        identity=calling.identity,
        called_at=clock.now(),
    )
    agent_id = calling.agent.pk if calling.agent else ""
    record(conversation, ToolCalled(tool=tool.name, state=state, call_id=call.pk, bot=calling.bot, agent_id=agent_id))
    return call


def _as_json(result: Any) -> Any:
    """What a function has returned, as JSON has it. Raises TypeError and ValueError for what that cannot be."""
    told = json.dumps(result, cls=DjangoJSONEncoder, allow_nan=False)
    if len(told) > RESULT_MAX:
        raise ValueError(f"A result has at most {RESULT_MAX} characters.")
    return each_text(json.loads(told), storable)


def _check_whole() -> None:
    """Raise where what a function wrote would be taken back at the end, though it says nothing of that."""
    if connection().needs_rollback:
        raise RuntimeError("What it wrote was taken back: an error was caught inside of the transaction.")
    if connection().vendor == "postgresql":
        connection().check_constraints()
