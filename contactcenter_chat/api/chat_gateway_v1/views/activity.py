"""Who types, thinks, has read; and who gets the conversation when the agent ends?"""

from datetime import UTC, datetime

from ....actions import typing
from ....actions.bots.after_agent import assign_post_agent
from ....actions.reading import mark_read
from ....queries import api as queries
from ....wire.chat_gateway_v1 import requests
from ...base import limits
from ...description import ALWAYS, IDEMPOTENCY_KEY, ONCE, WITH_BODY
from ...operations.conversations import WRITE
from ..base import NewerView
from ..description import NEWER, describe

TAG = "Conversations"
REFUSALS = (404, *WITH_BODY, *ALWAYS)


class PostAgentAssignmentView(NewerView):
    """``…/conversations/{conversationId}/post-agent-assignment``"""

    subject = "post_agent"

    scopes = {"POST": WRITE}

    @describe(
        "assignPostAgent",
        "Have a bot behind a webhook get the conversation when the agent ends.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY],
        body="PostAgentRequest",
        answers={201: ("It is kept.", None)},
        refusals=(409, *ONCE, *REFUSALS),
        shapes=NEWER,
    )
    def post(self, request, conversation_id):
        queries.check_conversation(self.tenant, conversation_id)
        wanted = requests.read_post_agent(self.body, limits())
        return self.once.answer(201, lambda: self._assign(conversation_id, wanted))

    def _assign(self, conversation_id, wanted):
        assign_post_agent(
            conversation_id=conversation_id,
            tenant_id=self.tenant.pk,
            webhook_id=wanted.webhook_id,
            bot=wanted.bot,
            tells_channel=wanted.tells_channel,
            total_minutes=wanted.total_minutes,
            silence_minutes=wanted.silence_minutes,
        )


class TypingView(NewerView):
    """``…/conversations/{conversationId}/typing``"""

    scopes = {"POST": WRITE}

    @describe(
        "showTyping",
        "The customer or the bot types: the agent's desk shows it for some seconds.",
        tag=TAG,
        body="TypingRequest",
        answers={204: ("It is shown.", None)},
        refusals=REFUSALS,
        shapes=NEWER,
    )
    def post(self, request, conversation_id):
        queries.check_conversation(self.tenant, conversation_id)
        typing.show_typing(conversation_id, requests.read_typing(self.body))
        return self.answer(204)


class ThinkingView(NewerView):
    """``…/conversations/{conversationId}/thinking``"""

    scopes = {"POST": WRITE}

    @describe(
        "showThinking",
        "The bot thinks: the agent's desk shows it for a while. The body may be left out.",
        tag=TAG,
        body="ThinkingRequest",
        body_required=False,
        answers={204: ("It is shown.", None)},
        refusals=REFUSALS,
        shapes=NEWER,
    )
    def post(self, request, conversation_id):
        queries.check_conversation(self.tenant, conversation_id)
        author_type, seconds = requests.read_thinking(self.body if self.content.strip() else {})
        typing.show_thinking(conversation_id, author_type, seconds)
        return self.answer(204)


class ReadReceiptView(NewerView):
    """``…/conversations/{conversationId}/read-receipt``"""

    scopes = {"POST": WRITE}

    @describe(
        "sendReadReceipt",
        "The customer or the bot has read all that was said until then. An earlier time than before changes nothing.",
        tag=TAG,
        body="ReadReceiptRequest",
        answers={204: ("It is noted.", None)},
        refusals=REFUSALS,
        shapes=NEWER,
    )
    def post(self, request, conversation_id):
        queries.check_conversation(self.tenant, conversation_id)
        author_type, read_at = requests.read_receipt(self.body)
        mark_read(
            conversation_id=conversation_id,
            tenant_id=self.tenant.pk,
            author_type=author_type,
            read_at=datetime.fromtimestamp(read_at / 1000, UTC),
        )
        return self.answer(204)
