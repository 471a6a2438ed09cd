"""Which bot gets a conversation back when its agent ends?"""

from django.db import models

from .channels import Webhook
from .conversations import Conversation


class PostAgentAssignment(models.Model):
    """A bot gets the conversation when the agent ends, and has it from ``began_at`` on.

    It is the one behind a ``webhook``, or a ``bot`` by its name in BOTS. The row is there for as long as the bot waits
    for it or has it. ``due_at`` is when to look next whether its time is up: after ``total_minutes`` in all, or when
    the customer has not answered for ``silence_minutes``.
    """

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="post_agent")
    webhook = models.ForeignKey(Webhook, models.CASCADE, null=True, related_name="+")
    bot = models.CharField(max_length=64, blank=True, db_default="", default="")
    # The channel's webhook goes on being told; of what a bot with a name says, it is in any case.
    tells_channel = models.BooleanField(default=False)
    total_minutes = models.PositiveSmallIntegerField()
    silence_minutes = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(webhook__isnull=False, bot="") | (models.Q(webhook=None) & ~models.Q(bot="")),
                name="cc_post_agent_one_bot",
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="cc_post_agent_due")]
