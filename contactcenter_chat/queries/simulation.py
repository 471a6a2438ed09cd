"""What do simulated agents have to do now?"""

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from ..events import CUSTOMER
from ..models import Agent, Interaction, Message, Offer, Tenant, people
from ..models.clock import database_now
from ..models.conversations import InteractionState, OfferState

ANSWER = "answer-"


def tenant_labelled(label):
    """The tenant with this label, or None."""
    return Tenant.objects.filter(label=label).first()


def default_queue(tenant):
    """The queue that was made with the tenant: its oldest."""
    return tenant.queues.order_by("created_at", "pk").first()


def agent_who_logs_in(tenant, name):
    """The tenant's agent who logs in with this, or None."""
    found = Agent.objects.serving().select_related("user").filter(tenant=tenant)
    return found.filter(**{f"user__{people.log_in_field()}": name}).first()


def has_room(agent):
    """Whether the agent could take one more chat now."""
    return Agent.objects.free(database_now()).filter(pk=agent.pk).exists()


def pending_offers(agent_ids):
    """The offers that ring at one of these agents."""
    return Offer.objects.filter(agent__in=agent_ids, state=OfferState.PENDING).order_by("made_at")


def answer_id(message):
    """The ``client_id`` of the one answer to a message."""
    return ANSWER + message.pk


def unanswered_messages(agent_ids):
    """What customers said in chats that these agents handle and nobody answered, in order."""
    answers = Message.objects.filter(
        conversation_id=OuterRef("conversation_id"), client_id=Concat(Value(ANSWER), OuterRef("pk"))
    )
    return (
        Message.objects.select_related("interaction")
        .filter(
            ~Exists(answers),
            interaction__agent__in=agent_ids,
            interaction__state=InteractionState.HANDLING,
            author_type=CUSTOMER,
            history=False,
        )
        .order_by("conversation_id", "number")
    )


def to_wrap_up(agent_ids):
    """The interactions that these agents have to wrap up."""
    return Interaction.objects.select_related("queue").filter(agent__in=agent_ids, state=InteractionState.WRAP_UP)
