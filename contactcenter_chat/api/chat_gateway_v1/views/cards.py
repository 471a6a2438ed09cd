"""Which cards are there in a message, and how are they answered?"""

from ....actions import cards
from ....exceptions import Invalid
from ....queries import api as queries
from ....wire.chat_gateway_v1 import cards as wire
from ....wire.chat_gateway_v1 import problems as shapes
from ...description import ALWAYS, PAGING, WITH_BODY
from ...operations.conversations import READ, WRITE
from ..base import GatewayView, NewerView
from ..description import NEWER, SORT, describe

TAG = "Cards"


class CardsView(GatewayView):
    """``…/conversations/{conversationId}/messages/{messageId}/cards``"""

    newer_methods = ("GET",)
    scopes = {"GET": READ}

    @describe(
        "listCards",
        "The cards of a message, in order.",
        tag=TAG,
        parameters=[*PAGING, SORT],
        answers={200: ("A page of cards.", "CardPage")},
        refusals=(400, 404, *ALWAYS),
        shapes={404: NEWER[404]},
    )
    def get(self, request, conversation_id, message_id):
        rows = queries.cards(self.tenant, conversation_id, message_id, self.selection("card"))
        return self.page("cards", rows, wire.card)


class CardActionView(NewerView):
    """A path of an action on a card; its tenant is in the path."""

    scopes = {"PUT": WRITE}

    def named_tenant(self, request, **path):
        named = super().named_tenant(request, **path)
        return path["tenant_id"] if named in (None, self.tenant.label) else named

    def act(self, action, conversation_id, card_id):
        """Answer once ``action``, a verb, has been done with the body."""
        if not isinstance(self.body, dict):
            raise Invalid("Must be an object.", field="body")
        queries.check_id("Conversation", conversation_id)
        queries.check_id("Card", card_id)
        action(conversation_id=conversation_id, card_id=card_id, given=self.body, tenant_id=self.tenant.pk)
        return self.answer(204)

    def invalid_body(self, problems):
        return shapes.invalid(problems)


class SubmitCardView(CardActionView):
    """``…/cards/{cardId}/action-submit``"""

    @describe(
        "submitCard",
        "The customer answers a card. The same answer again changes nothing; another one is refused.",
        tag=TAG,
        body="CardAnswer",
        answers={204: ("It was answered.", None)},
        refusals=(404, 409, *WITH_BODY, *ALWAYS),
        shapes={404: NEWER[404]},
    )
    def put(self, request, tenant_id, conversation_id, card_id):
        return self.act(cards.submit_card, conversation_id, card_id)


class ExecuteCardView(CardActionView):
    """``…/cards/{cardId}/action-execute``"""

    @describe(
        "executeCard",
        "A card's action is carried out. The same again changes nothing; another one is refused.",
        tag=TAG,
        body="CardAnswer",
        answers={204: ("It was carried out.", None)},
        refusals=(404, 409, *WITH_BODY, *ALWAYS),
        shapes={404: NEWER[404]},
    )
    def put(self, request, tenant_id, conversation_id, card_id):
        return self.act(cards.execute_card, conversation_id, card_id)
