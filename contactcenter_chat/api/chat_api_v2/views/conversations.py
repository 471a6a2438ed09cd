"""What do customers and bots say to us, and what became of it?"""

from ....conf import settings
from ....exceptions import ContactCenterError
from ....queries import api as queries
from ....wire.chat_api_v2 import requests, responses
from ....wire.chat_api_v2.callbacks import event_body
from ....wire.reading import Reader
from ...base import limits
from ...description import ALWAYS, CONTROL, IDEMPOTENCY_KEY, ONCE, PAGING, WITH_BODY, query
from ...operations.conversations import READ, WRITE, Conversations
from ...operations.waiting import Waiting
from ..base import TenantView
from ..description import describe

TAG = "Conversations"
CUSTOMER_PREFIX = "customer."
EVENTS_PER_PAGE = 100
STATUSES = {
    "all": queries.ALL,
    "created": queries.NEVER_QUEUED,
    "pending": queries.WAITING,
    "handling": queries.HANDLED,
    "deleted": queries.ERASED,
}
ORDERS = ("asc", "desc")


class ConversationsView(Conversations, TenantView):
    """``…/conversations``"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listConversations",
        "The conversations that fit all filters, in the order in which they started.",
        tag=TAG,
        parameters=[
            *PAGING,
            query("channel-id", "Of this channel."),
            query(
                "status",
                "`created`: never queued; `pending`: waits or rings; `handling`: an agent has it; `deleted`: erased.",
                type="string",
                enum=list(STATUSES),
                default="all",
            ),
            query("order", "Oldest or newest first.", type="string", enum=list(ORDERS), default="asc"),
            query("userId", "With this `customerId` in the customer's data."),
            query("customer.email", "With this `email` in the customer's data."),
            query("customer.<anyCustomerKeyName>", "With this value of any key in the customer's data."),
        ],
        answers={200: ("A page of conversations.", "ConversationPage")},
        refusals=(400, 404, *ALWAYS),
    )
    def get(self, request, **path):
        status = self.query.choice("status", tuple(STATUSES), default="all")
        filters = {
            "channel_id": self.query.text("channel-id", required=False),
            "newest_first": self.query.choice("order", ORDERS, default="asc") == "desc",
            "data": self._customer_data(),
        }
        self.query.done()
        rows = queries.conversations(self.tenant, standing=STATUSES[status], **filters)
        return self.page("conversations", rows, responses.conversation)

    def _customer_data(self):
        given = {
            name.removeprefix(CUSTOMER_PREFIX): value
            for name, value in self.query.members.items()
            if name.startswith(CUSTOMER_PREFIX)
        }
        reader = Reader(given, "customer", self.query.problems)
        data = reader.strings(settings.CUSTOMER_MAX_KEYS + len(self.wire_format.customer.usual))
        if user_id := self.query.text("userId", required=False):
            data["customerId"] = user_id
        return data

    @describe(
        "createConversation",
        "Start a conversation, with what a bot and the customer have said so far. An agent is found at once.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY],
        body="ConversationRequest",
        answers={202: ("It has begun.", "ConversationCreated")},
        refusals=(*WITH_BODY, *ONCE, *ALWAYS),
    )
    def post(self, request, **path):
        return self.start_conversation()


class ConversationView(TenantView):
    """``…/conversations/{conversation-id}``"""

    scopes = {"GET": READ}

    @describe(
        "getConversation",
        "One conversation.",
        tag=TAG,
        answers={200: ("The conversation.", "Conversation")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id, **path):
        return self.answer(200, responses.conversation(queries.conversation(self.tenant, conversation_id)))


class ParticipantsView(TenantView):
    """``…/conversations/{conversation-id}/participants``"""

    scopes = {"GET": READ}

    @describe(
        "listParticipants",
        "Everybody who ever took part.",
        tag=TAG,
        answers={200: ("The participants.", "Participants")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id, **path):
        conversation = queries.conversation(self.tenant, conversation_id)
        rows = queries.participants(conversation.pk)
        return self.answer(200, responses.participants(rows, conversation.language))


class CustomerView(Conversations, TenantView):
    """``…/conversations/{conversation-id}/participants/customer``"""

    scopes = {"DELETE": WRITE}

    @describe(
        "customerLeaves",
        "The customer leaves: what is going on ends. Leaving again changes nothing.",
        tag=TAG,
        answers={204: ("The customer has left.", None)},
        refusals=(404, *ALWAYS),
    )
    def delete(self, request, conversation_id, **path):
        return self.leave(conversation_id, self._said())

    def _said(self):
        """What is shown of it: by the description there is no body, so that none may keep a customer from leaving."""
        try:
            return requests.read_leaving(self.body, limits()) if self.content else ""
        except ContactCenterError:
            return ""


class MessagesView(Conversations, TenantView):
    """``…/conversations/{conversation-id}/messages``"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listMessages",
        "All that was said, the oldest first.",
        tag=TAG,
        parameters=[query("interaction-id", "During this interaction.")],
        answers={200: ("The messages.", "Messages")},
        refusals=(400, 404, *ALWAYS),
    )
    def get(self, request, conversation_id, **path):
        interaction_id = self.query.text("interaction-id", required=False)
        self.query.done()
        queries.check_conversation(self.tenant, conversation_id)
        return self.answer(200, responses.messages(queries.messages(conversation_id, interaction_id)))

    @describe(
        "sendMessage",
        "Say something as the customer or the bot. The customer's message wakes a conversation that was idle.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY, CONTROL],
        body="MessageRequest",
        answers={202: ("It was said.", None)},
        refusals=(404, 409, *WITH_BODY, *ONCE, *ALWAYS),
    )
    def post(self, request, conversation_id, **path):
        return self.send_message(conversation_id)


class EventsView(TenantView):
    """``…/conversations/{conversation-id}/events``: not in the vendor's API, for clients that missed callbacks"""

    scopes = {"GET": READ}

    @describe(
        "listEvents",
        "What the webhook was told, for a client that missed some of it.",
        tag=TAG,
        parameters=[
            query("after", "The number of the last event that is known.", type="integer", minimum=0, default=0),
            query("size", "Facts to look through.", type="integer", minimum=1, default=EVENTS_PER_PAGE),
        ],
        answers={200: ("The callbacks' bodies.", "Events")},
        refusals=(400, 404, *ALWAYS),
    )
    def get(self, request, conversation_id, **path):
        after = self.query.whole_number("after", 0, least=0, most=2**31 - 1)
        size = self.query.whole_number("size", EVENTS_PER_PAGE, least=1, most=1000)
        self.query.done()
        queries.check_conversation(self.tenant, conversation_id)
        entries = queries.entries_after(conversation_id, after, size + 1)
        shown = entries[:size]
        return self.answer(
            200,
            responses.events(
                [(entry, body) for entry in shown if (body := _body_of(entry))],
                after=shown[-1].number if shown else after,
                more=len(entries) > size,
            ),
        )


class WaitingView(Waiting, TenantView):
    """``…/conversations/{conversation-id}/waiting``: not in the vendor's API"""

    scopes = {"GET": READ}

    @describe(
        "getWaiting",
        "Where who waits stands, for how long that will be, and which queues are open and shorter.",
        tag=TAG,
        answers={200: ("How it is now.", "Waiting")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id, **path):
        return self.conversation_waiting(conversation_id)


def _body_of(entry):
    return event_body(queries.told_event_of(entry), conversation_id=entry.conversation_id, at=entry.at)
