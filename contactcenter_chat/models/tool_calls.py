"""Which functions of the project were called in a conversation, with what, and what came of it?"""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .conversations import Conversation
from .queues import Agent
from .tenants import Tenant


class ToolState(models.TextChoices):
    """What came of it."""

    DONE = "done", _("done")
    FAILED = "failed", pgettext_lazy("a tool", "failed")


class ToolCall(models.Model):
    """A call, by an ``agent`` or by a ``bot``. The ``key`` is there once in a conversation: so is what was done.

    ``arguments`` and ``result`` go when the conversation is erased.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="tool_calls", verbose_name=_("conversation"), db_index=False
    )
    key = models.CharField(max_length=128)
    tool = models.CharField(_("tool"), max_length=64)
    arguments = models.JSONField(_("arguments"), default=dict)
    state = models.CharField(_("state"), max_length=8, choices=ToolState)
    result = models.JSONField(_("result"), null=True)
    result_order = models.JSONField(default=list, null=True, editable=False)  # of its members: a database has its own
    agent = models.ForeignKey(
        Agent, models.SET_NULL, null=True, related_name="+", verbose_name=_("agent"), db_index=False
    )
    bot = models.CharField(_("bot"), max_length=64, blank=True)
    identity = models.CharField(_("identity"), max_length=8)
    called_at = models.DateTimeField(_("called"), default=timezone.now)

    class Meta:
        verbose_name = _("call of a tool")
        verbose_name_plural = _("calls of tools")
        constraints = [models.UniqueConstraint(fields=["conversation", "key"], name="cc_tool_call_once")]
        indexes = [
            models.Index(fields=["tenant", "-called_at", "-id"], name="cc_tool_call_list"),
            models.Index(fields=["agent"], condition=models.Q(agent__isnull=False), name="cc_tool_call_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.called_at:%Y-%m-%d %H:%M}"

    @property
    def result_lines(self) -> list[tuple[str, Any]]:
        """The members of a result that has some, with what they hold."""
        return list(self.told.items()) if isinstance(self.result, dict) else []

    @property
    def told(self) -> Any:
        """The result, with its members in the order in which the function has returned them."""
        if not isinstance(self.result, dict):
            return self.result
        first = [name for name in self.result_order or () if name in self.result]
        return {name: self.result[name] for name in dict.fromkeys([*first, *self.result])}
