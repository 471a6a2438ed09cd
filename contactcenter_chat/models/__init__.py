"""The tables.

- ``base``           ids
- ``prepared``       statements that are composed once
- ``transactions``   verbs inside of another transaction
- ``tenants``        Tenant, ApiKey, SigningKey, IdempotencyRecord
- ``receivers``      Receiver
- ``channels``       Webhook, Channel
- ``customers``      Customer, CustomerIdentity
- ``queues``         Queue, QueueMember, Agent, PresenceSpan, PreparedResponse
- ``conversations``  Conversation, Participant, Interaction, Offer, RoutingDecision
- ``assignments``    PostAgentAssignment
- ``messages``       Message
- ``attachments``    Attachment, Card
- ``wrapup``         TransactionCodeList, TransactionCode, InteractionCode
- ``log``            LogEntry
- ``deliveries``     Lane, Delivery, DeliveryAttempt, DeliverySlot, SweepRun
- ``callbacks``      InboundCallback, CallbackRejection, RemoteKey
"""

from .assignments import PostAgentAssignment
from .attachments import Attachment, Card
from .callbacks import CallbackRejection, InboundCallback, RemoteKey
from .channels import Channel, Webhook
from .conversations import Conversation, Interaction, Offer, Participant, RoutingDecision
from .customers import Customer, CustomerIdentity
from .deliveries import Delivery, DeliveryAttempt, DeliverySlot, Lane, SweepRun
from .log import LogEntry
from .messages import Message
from .queues import Agent, PreparedResponse, PresenceSpan, Queue, QueueMember
from .receivers import Receiver
from .tenants import ApiKey, IdempotencyRecord, SigningKey, Tenant
from .wrapup import InteractionCode, TransactionCode, TransactionCodeList

__all__ = [
    "Agent",
    "ApiKey",
    "Attachment",
    "CallbackRejection",
    "Card",
    "Channel",
    "Conversation",
    "Customer",
    "CustomerIdentity",
    "Delivery",
    "DeliveryAttempt",
    "DeliverySlot",
    "IdempotencyRecord",
    "InboundCallback",
    "Interaction",
    "InteractionCode",
    "Lane",
    "LogEntry",
    "Message",
    "Offer",
    "Participant",
    "PostAgentAssignment",
    "PreparedResponse",
    "PresenceSpan",
    "Queue",
    "QueueMember",
    "Receiver",
    "RemoteKey",
    "RoutingDecision",
    "SigningKey",
    "SweepRun",
    "Tenant",
    "TransactionCode",
    "TransactionCodeList",
    "Webhook",
]
