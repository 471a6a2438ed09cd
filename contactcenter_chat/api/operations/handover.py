"""What do operations on handovers do? Three of our own, which every wire has."""

from ...actions.bots.recalling import recall
from ...actions.conversations import hand_over
from ...bots.base import Brief
from ...exceptions import NotFound, invalid_id
from ...queries import api as queries
from ...wire import handover as shapes
from ..base import limits
from ..description import ALWAYS, CONTROL, ID, WITH_BODY, answer_of
from .conversations import READ, WRITE, Conversations
from .waiting import or_null

STATES = {
    shapes.HandoverState.NONE: "no bot has handed it over",
    shapes.HandoverState.ACCEPTED: "it waits for an agent",
    shapes.HandoverState.COMPLETED: "an agent has, or had, it",
    shapes.HandoverState.FAILED: "the customer was gone before an agent came",
    shapes.HandoverState.RECALLED: "the bot has taken it back before an agent came",
}
SCHEMAS = {
    "Handover": answer_of(
        conversationId=ID,
        state={
            "type": "string",
            "enum": [state.value for state in STATES],
            "description": "; ".join(f"`{state}`: {told}" for state, told in STATES.items()) + ".",
        },
        reason=or_null({"type": "string", "enum": [*shapes.REASONS, None]}),
        queueId=or_null(ID),
        agentId=or_null(ID),
        brief={"type": "object", "description": "What the agent was told.", "additionalProperties": True},
    )
}
TAG = "Conversations"
# What each wire says of them.
GET = {
    "operation_id": "getHandover",
    "summary": "How far the conversation's last handover by a bot has come.",
    "tag": TAG,
    "answers": {200: ("How far it has come.", "Handover")},
    "refusals": (404, *ALWAYS),
}
POST = {
    "operation_id": "handOver",
    "summary": "A bot hands the conversation over to agents, with what they should know. A repeat renews the brief.",
    "tag": TAG,
    "body": "HandoverRequest",
    "answers": {202: ("It waits for an agent.", "Handover")},
    "refusals": (404, 409, *WITH_BODY, *ALWAYS),
}
DELETE = {
    "operation_id": "recallHandover",
    "summary": "The bot that has handed it over takes it back while it waits for an agent. A repeat changes nothing.",
    "tag": TAG,
    "parameters": [CONTROL],
    "answers": {200: ("The bot has it again.", "Handover")},
    "refusals": (400, 404, 409, *ALWAYS),
}


class HandingOver(Conversations):
    """The operations on handovers, for a KeyView."""

    subject = "handover"  # its fields are called as the request calls them
    scopes = {"GET": READ, "POST": WRITE, "DELETE": WRITE}

    def conversation_handover(self, conversation_id):
        return self.answer(200, self._handover(conversation_id))

    def hand_over(self, conversation_id):
        wanted = shapes.read_handover(self.body, limits())
        queries.check_conversation(self.tenant, conversation_id)
        epoch = self.epoch
        return self.once.answer(202, lambda: self._hand_over(conversation_id, wanted, epoch))

    def recall(self, conversation_id):
        queries.check_conversation(self.tenant, conversation_id)
        with self.naming_the_epoch():
            recall(conversation_id=conversation_id, tenant_id=self.tenant.pk, epoch=self.epoch)
        return self.conversation_handover(conversation_id)

    def _hand_over(self, conversation_id, wanted, epoch):
        with self.naming_the_epoch():
            hand_over(
                conversation_id=conversation_id,
                tenant_id=self.tenant.pk,
                brief=Brief(**shapes.brief_of(wanted)),
                reason=wanted["reason"],
                queue=self._queue(wanted["queueId"]),
                skills=wanted["skills"],
                epoch=epoch,
            )
        return self._handover(conversation_id)

    def _queue(self, queue_id):
        try:
            return queries.queue(self.tenant, queue_id) if queue_id else None
        except NotFound as error:
            refusal = invalid_id("queue", queue_id)
            refusal.field = "queueId"
            raise refusal from error

    def _handover(self, conversation_id):
        interaction, state = queries.handed_over(self.tenant, conversation_id)
        return shapes.handover(conversation_id, interaction, state)
