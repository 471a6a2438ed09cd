"""What do customers and bots say to us, and what became of it?"""

from ....actions import conversations
from ....exceptions import NotFound, invalid_id
from ....http.problems import new_reference
from ....queries import api as queries
from ....queries.assignment import assignment_of
from ....wire.chat_gateway_v1 import names, requests, responses
from ....wire.chat_gateway_v1 import problems as shapes
from ...base import limits
from ...description import ALWAYS, CONTROL, IDEMPOTENCY_KEY, ONCE, PAGING, WITH_BODY, filter_by, query
from ...operations.conversations import READ, WRITE, Conversations
from ...operations.waiting import Waiting
from ..base import GatewayView
from ..description import NEWER, describe

TAG = "Conversations"
PARTICIPANTS = "Participants"
MESSAGES = "Messages"
BY_TIME = query("sort", "`createdAt:asc` or `createdAt:desc`.", type="string", default="createdAt:desc")


class AssignedView(Conversations, GatewayView):
    """A path of conversations that may be assigned to a queue or a script."""

    def assignment_of(self, wanted):
        assignment = wanted.assignment
        if assignment is None:
            return {}
        if assignment.type == requests.SCRIPT:
            return {"script": assignment.id}
        if not assignment.id:
            return {"skills": assignment.skills}
        try:
            return {"queue": queries.queue(self.tenant, assignment.id), "skills": assignment.skills}
        except NotFound as error:
            raise invalid_id("queue", assignment.id) from error

    def shown(self, row):
        """A conversation as it is answered."""
        return responses.conversation(row, assignment_of(row))


class ConversationsView(AssignedView):
    """``…/conversations``"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listConversations",
        "The conversations that fit the filter, in the order in which they started or sorted.",
        tag=TAG,
        parameters=[
            *PAGING,
            query("sort", "`id` or `createdAt`, with a direction, such as `createdAt:desc`."),
            filter_by("state==active;user.email==*@example.org", names.CONVERSATION_FIELDS),
        ],
        answers={200: ("A page of conversations.", "ConversationPage")},
        refusals=(400, *ALWAYS),
    )
    def get(self, request):
        rows = queries.assigned_conversations(self.tenant, self.selection("conversation"))
        return self.page("conversations", rows, self.shown)

    @describe(
        "createConversation",
        "Start a conversation, with what a bot and the customer have said so far. An agent is found at once.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY],
        body="ConversationRequest",
        answers={202: ("It has begun.", "ConversationCreated")},
        refusals=(*WITH_BODY, *ONCE, *ALWAYS),
    )
    def post(self, request):
        return self.start_conversation()


class ConversationView(AssignedView):
    """``…/conversations/{conversationId}``"""

    scopes = {"GET": READ, "PUT": WRITE, "PATCH": WRITE}

    @describe(
        "getConversation",
        "One conversation.",
        tag=TAG,
        answers={200: ("The conversation.", "Conversation")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id):
        return self.answer(200, self.shown(queries.assigned_conversation(self.tenant, conversation_id)))

    @describe(
        "replaceConversation",
        "Replace the customer's data, and have the conversation wait in another queue, with its age.",
        tag=TAG,
        body="ChangeRequest",
        answers={202: ("The conversation.", "Conversation")},
        refusals=(404, 409, *WITH_BODY, *ALWAYS),
    )
    def put(self, request, conversation_id):
        return self._change(conversation_id, merge=False)

    @describe(
        "changeConversation",
        "Change some of the customer's data (null takes one away), or the queue in which the conversation waits.",
        tag=TAG,
        body="ChangeRequest",
        answers={202: ("The conversation.", "Conversation")},
        refusals=(404, 409, *WITH_BODY, *ALWAYS),
    )
    def patch(self, request, conversation_id):
        return self._change(conversation_id, merge=True)

    def _change(self, conversation_id, *, merge):
        queries.check_conversation(self.tenant, conversation_id)
        wanted = requests.read_change(self.body, limits())
        conversations.update_conversation(
            conversation_id=conversation_id,
            tenant_id=self.tenant.pk,
            data=wanted.customer,
            names=self.wire_format.customer,
            merge=merge,
            dropped=wanted.dropped,
            channel_id=wanted.channel_id,
            **self.assignment_of(wanted),
        )
        return self.answer(202, self.shown(queries.assigned_conversation(self.tenant, conversation_id)))


class InteractionsView(GatewayView):
    """``…/conversations/{conversationId}/interactions``"""

    scopes = {"GET": READ}

    @describe(
        "listInteractions",
        "The conversation's episodes, from being queued to the end of the talk.",
        tag=TAG,
        parameters=PAGING,
        answers={200: ("A page of interactions.", "InteractionPage")},
        refusals=(400, 404, *ALWAYS),
    )
    def get(self, request, conversation_id):
        queries.check_conversation(self.tenant, conversation_id)
        return self.page("interactions", queries.interactions(conversation_id), responses.interaction)


class ParticipantsView(GatewayView):
    """``…/conversations/{conversationId}/participants``"""

    newer_methods = ("GET",)
    scopes = {"GET": READ}

    @describe(
        "listParticipants",
        "Everybody who ever took part.",
        tag=PARTICIPANTS,
        parameters=PAGING,
        answers={200: ("A page of participants.", "ParticipantPage")},
        refusals=(400, 404, *ALWAYS),
        shapes={404: NEWER[404]},
    )
    def get(self, request, conversation_id):
        language = queries.check_conversation(self.tenant, conversation_id).language
        rows = queries.participants(conversation_id)
        return self.page("participants", rows, lambda row: responses.participant(row, language))


class UserView(Conversations, GatewayView):
    """``…/conversations/{conversationId}/participants/user``"""

    scopes = {"PATCH": WRITE}

    @describe(
        "userLeaves",
        "The customer leaves: what is going on ends. Leaving again changes nothing.",
        tag=PARTICIPANTS,
        body="LeaveRequest",
        answers={204: ("The customer has left.", None)},
        refusals=(404, *WITH_BODY, *ALWAYS),
    )
    def patch(self, request, conversation_id):
        removed, said = requests.read_leaving(self.body, limits())
        queries.check_conversation(self.tenant, conversation_id)
        return self.leave(conversation_id, said) if removed else self.answer(204)


class MessagesView(Conversations, GatewayView):
    """``…/conversations/{conversationId}/messages``"""

    newer_methods = ("GET",)
    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listMessages",
        "All that was said, the newest first or sorted.",
        tag=MESSAGES,
        parameters=[*PAGING, BY_TIME],
        answers={200: ("A page of messages.", "MessagePage")},
        refusals=(400, 404, *ALWAYS),
        shapes={404: NEWER[404]},
    )
    def get(self, request, conversation_id):
        selection = self.selection("message")
        queries.check_conversation(self.tenant, conversation_id)
        return self.page("messages", queries.attributed_messages(conversation_id, selection), responses.message)

    @describe(
        "sendMessage",
        "Say something as the customer or the bot. The customer's message wakes a conversation that was idle.",
        tag=MESSAGES,
        parameters=[IDEMPOTENCY_KEY, CONTROL],
        body="MessageRequest",
        answers={202: ("It was said.", None)},
        refusals=(404, 409, *WITH_BODY, *ONCE, *ALWAYS),
        shapes={400: "MessageProblem"},
    )
    def post(self, request, conversation_id):
        return self.send_message(conversation_id)

    def contents_of(self, message):
        return {
            "external_provider": message.external_provider,
            "attachments": message.attachments,
            "cards": message.cards,
        }

    def invalid_body(self, problems):
        if self.request.method == "POST":
            return shapes.invalid_message(problems, reference_id=new_reference())
        return super().invalid_body(problems)


class MessageView(GatewayView):
    """``…/conversations/{conversationId}/messages/{messageId}``"""

    scopes = {"GET": READ}

    @describe(
        "getMessage",
        "One message.",
        tag=MESSAGES,
        answers={200: ("The message.", "Message")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id, message_id):
        queries.check_conversation(self.tenant, conversation_id)
        return self.answer(200, responses.message(queries.message(conversation_id, message_id)))


class WaitingView(Waiting, GatewayView):
    """``…/conversations/{conversationId}/waiting``: not in the vendor's API"""

    scopes = {"GET": READ}

    @describe(
        "getWaiting",
        "Where who waits stands, for how long that will be, and which queues are open and shorter.",
        tag=TAG,
        answers={200: ("How it is now.", "Waiting")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id):
        return self.conversation_waiting(conversation_id)
