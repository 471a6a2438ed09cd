"""What do customers and bots say to us, and what became of it?"""

from ....conf import settings
from ....http import bodies
from ....queries import api as queries
from ....wire.chat_api_v2 import responses
from ....wire.chat_api_v2.callbacks import event_body
from ....wire.reading import Reader
from ...description import ALWAYS, IDEMPOTENCY_KEY, ONCE, PAGING, WITH_BODY, describe, query
from ...operations.conversations import READ, WRITE, Conversations
from ..base import TenantView

TAG = "Conversations"
CUSTOMER_PREFIX = "customer."
EVENTS_PER_PAGE = 100
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
                enum=list(queries.STATUSES),
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
        filters = {
            "status": self.query.choice("status", tuple(queries.STATUSES), default="all"),
            "channel_id": self.query.text("channel-id", required=False),
            "newest_first": self.query.choice("order", ORDERS, default="asc") == "desc",
            "data": self._customer_data(),
        }
        self.query.done()
        return self.page("conversations", queries.conversations(self.tenant, **filters), responses.conversation)

    def _customer_data(self):
        given = {
            name.removeprefix(CUSTOMER_PREFIX): value
            for name, value in self.query.members.items()
            if name.startswith(CUSTOMER_PREFIX)
        }
        data = Reader(given, "customer", self.query.problems).strings(settings.CUSTOMER_MAX_KEYS)
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
        return bodies.respond(200, responses.conversation(queries.conversation(self.tenant, conversation_id)))


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
        return bodies.respond(200, responses.participants(rows, conversation.language))


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
        return self.leave(conversation_id)


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
        return bodies.respond(200, responses.messages(queries.messages(conversation_id, interaction_id)))

    @describe(
        "sendMessage",
        "Say something as the customer or the bot. The customer's message wakes a conversation that was idle.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY],
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
        return bodies.respond(
            200,
            responses.events(
                [(entry, body) for entry in shown if (body := _body_of(entry))],
                after=shown[-1].number if shown else after,
                more=len(entries) > size,
            ),
        )


def _body_of(entry):
    return event_body(queries.event_of(entry), conversation_id=entry.conversation_id, at=entry.at)
