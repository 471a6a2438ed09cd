"""Which visitor has which conversation, and what was said in it?"""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from contactcenter_chat.cards.base import kind_of
from contactcenter_chat.events import QUICK_REPLIES


class Chat(models.Model):
    """A visitor's chat; its id is kept in the visitor's session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    topic = models.CharField(max_length=255)
    started_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.name}: {self.topic}"


class Line(models.Model):
    """One line of a chat. It names the conversation rather than the chat: a callback may be faster than the
    answer to the request that started the conversation."""

    class Author(models.TextChoices):
        VISITOR = "visitor"
        ASSISTANT = "assistant"
        AGENT = "agent"
        CENTRE = "centre"  # what the contact centre says by nobody: how long it takes, when it opens
        NOTICE = "notice"

    conversation_id = models.CharField(max_length=64, db_index=True)
    event_id = models.CharField(max_length=64, blank=True)  # of the callback that brought it, or of what the page sent
    author = models.CharField(max_length=16, choices=Author)
    name = models.CharField(max_length=255, blank=True)
    text = models.TextField()
    files = models.JSONField(default=list)  # [{"id", "filename"}]
    cards = models.JSONField(default=list)  # [{"id", "contentType", "content"}]
    answers = models.JSONField(default=dict)  # {card id: what was answered}
    at = models.DateTimeField(default=timezone.now)

    is_passed = False  # whether its quick replies are over: as ``passed`` says

    class Meta:
        ordering = ["id"]
        constraints = [  # callbacks come at least once
            models.UniqueConstraint(fields=["event_id"], condition=~models.Q(event_id=""), name="portal_event_once")
        ]

    def __str__(self):
        return self.text[:50]

    @property
    def words(self):
        """The text as it is shown: a notice in the reader's language."""
        if self.author != self.Author.NOTICE:
            return self.text
        return gettext(self.text) % {"name": self.name} if self.name else gettext(self.text)

    @property
    def client_id(self):
        """What the page's script calls the message that it sent."""
        return self.event_id.rpartition("-")[2] if self.author == self.Author.VISITOR else ""

    def shown_card(self, card_id):
        """One of its cards as a template shows it."""
        return next(shown for shown in self.shown_cards if shown["card"]["pk"] == card_id)

    @property
    def shown_cards(self):
        """The cards as a template shows them, with what was answered in words."""
        for card in self.cards:
            kind, answer = kind_of(card["contentType"]), self.answers.get(card["id"])
            told = "" if answer is None else kind.told(card["content"], answer)
            is_over = self.is_passed and card["contentType"] == QUICK_REPLIES
            yield {
                "card": {"pk": card["id"]},
                "parts": kind.parts(card["content"]),
                "answer": told,
                "open": answer is None and not is_over,
                "over": is_over,
            }
