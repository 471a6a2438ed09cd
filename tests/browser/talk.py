"""A chat between a customer, who has no browser here, and an agent at the desk."""

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.models import Interaction, Message
from tests import factories


class Talk:
    """What a customer does, and what is in the database of it."""

    def __init__(self, center, name="Grace Okafor", history=("How can I help?",), **data):
        self.conversation = factories.start_conversation(center.channel, history=history, name=name, **data)

    def says(self, text):
        messages.add_message(conversation_id=self.conversation.pk, author_type="user", text=text)

    def sends(self, content, name):
        row = factories.make_attachment(self.conversation, content, name)
        messages.add_message(conversation_id=self.conversation.pk, author_type="user", attachments=[row.pk])

    def hears(self, agent, text, *file):
        rows = [self._file_of(agent, *file)] if file else []
        files = [row.pk for row in rows]
        said_by = {"author_type": "agent", "agent": agent}
        messages.add_message(conversation_id=self.conversation.pk, text=text, attachments=files, **said_by)

    def _file_of(self, agent, content, name):
        return factories.make_attachment(self.conversation, content, name, author_type="agent", agent=agent)

    def leaves(self):
        conversations.leave_as_customer(conversation_id=self.conversation.pk)

    @property
    def interaction(self):
        return Interaction.objects.filter(conversation=self.conversation).latest("entered_at")

    def answers(self):
        found = Message.objects.filter(conversation=self.conversation, author_type="agent").order_by("number")
        return list(found.values_list("text", flat=True))


def composer(page):
    return page.locator(".chat.current textarea[name=text]")


def send(page):
    """By the button, as on a phone, where the key breaks the line."""
    page.locator(".chat.current .send").click()
