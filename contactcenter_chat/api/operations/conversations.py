"""What do operations on conversations do?"""

import re
from contextlib import contextmanager

from ...actions import conversations, messages
from ...actions.setup.tenants import scope
from ...conf import settings
from ...exceptions import Invalid, NotFound, invalid_id
from ...queries import api as queries
from ...wire.base import CONTROL_HEADER
from ..base import KeyView, limits
from ..description import EPOCH

READ, WRITE = scope("conversations", "read"), scope("conversations", "write")


class Conversations(KeyView):
    """The operations on conversations, for a KeyView."""

    subject = "conversation"

    def start_conversation(self):
        wanted = self.requests.read_conversation(self.body, limits())
        return self.once.answer(202, lambda: self._start(wanted))

    def _start(self, wanted):
        conversation = conversations.start_conversation(
            channel=self._channel(wanted.channel_id),
            data=wanted.customer,
            names=self.wire_format.customer,
            history=wanted.history,
            # A client that names its requests says by itself which ones are the same.
            once_within=0 if self.once.key else settings.START_ONCE_SECONDS,
            **self.assignment_of(wanted),
        )
        return self.responses.conversation_created(conversation)

    def assignment_of(self, wanted):
        """What a request says of who is to answer, as arguments of a verb."""
        return {"skills": getattr(wanted, "skills", ())}  # which not every format can ask for

    def _channel(self, channel_id):
        try:
            return queries.channel(self.tenant, channel_id)
        except NotFound as error:
            raise invalid_id("channel", channel_id) from error

    def leave(self, conversation_id, said=""):
        queries.check_conversation(self.tenant, conversation_id)
        conversations.leave_as_customer(conversation_id=conversation_id, said=said)
        return self.answer(204)

    def send_message(self, conversation_id):
        message = self.requests.read_message(self.body, limits())
        queries.check_id("Conversation", conversation_id)
        epoch = self.epoch
        return self.once.answer(202, lambda: self._say(conversation_id, message, epoch))

    @property
    def epoch(self):
        """The epoch of control that the request names, or None. Raises Invalid."""
        header = self.request.headers.get(CONTROL_HEADER)
        if header is None:
            return None
        if not re.fullmatch(EPOCH, header):
            raise Invalid("Must be the value of a callback.", field=CONTROL_HEADER, value=header)
        return int(header)

    @contextmanager
    def naming_the_epoch(self):
        """What is refused of the epoch is called as the client calls it."""
        try:
            yield
        except Invalid as refusal:
            if refusal.field == "epoch":
                refusal.field = CONTROL_HEADER
            raise

    def _say(self, conversation_id, message, epoch):
        with self.naming_the_epoch():
            messages.add_message(
                conversation_id=conversation_id,
                author_type=message.author_type,
                text=message.text,
                tenant_id=self.tenant.pk,
                epoch=epoch,
                **self.contents_of(message),
            )

    def contents_of(self, message):
        """What a message holds besides its text, as arguments of the verb."""
        return {}
