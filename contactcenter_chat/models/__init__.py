"""The tables.

- ``base``           ids, locks, lengths of columns
- ``prepared``       statements that are composed once
- ``language_tags``  how a language is written
- ``clock``          the time that counts for all processes
- ``tenants``        Tenant, ApiKey, SigningKey, IdempotencyRecord
- ``receivers``      Receiver
- ``channels``       Webhook, Channel
- ``people``         what the project's users are called
- ``customers``      Customer, CustomerIdentity, Erasure
- ``hours``          OpeningHours
- ``queues``         Queue, QueueMember, QueueOverflow, Agent, PresenceSpan, PreparedResponse
- ``departments``    Department, DepartmentQueue, DepartmentSupervisor
- ``skills``         Skill, AgentSkill, AgentLanguage, LevelChange
- ``conversations``  Conversation, Participant, Interaction, Offer, RoutingLook, RoutingDecision
- ``segments``       Segment
- ``snapshots``      QueueSnapshot, TenantSnapshot
- ``assignments``    PostAgentAssignment
- ``messages``       Message
- ``attachments``    Attachment, Card
- ``wrapup``         TransactionCodeList, TransactionCode, InteractionCode
- ``log``            LogEntry
- ``deliveries``     Lane, Delivery, DeliveryAttempt, DeliverySlot, SweepRun
- ``callbacks``      InboundCallback, CallbackRejection, RemoteKey
- ``typing_signs``   TypingSign
- ``wakeups``        Wakeup, Duty
- ``failures``       Failure
"""

from .assignments import PostAgentAssignment
from .attachments import Attachment, Card
from .callbacks import CallbackRejection, InboundCallback, RemoteKey
from .channels import Channel, Webhook
from .conversations import Conversation, Interaction, Offer, Participant, RoutingDecision, RoutingLook
from .customers import Customer, CustomerIdentity, Erasure
from .deliveries import Delivery, DeliveryAttempt, DeliverySlot, Lane, SweepRun
from .departments import Department, DepartmentQueue, DepartmentSupervisor
from .failures import Failure
from .hours import OpeningHours
from .log import LogEntry
from .messages import Message
from .queues import Agent, PreparedResponse, PresenceSpan, Queue, QueueMember, QueueOverflow
from .receivers import Receiver
from .segments import Segment
from .skills import AgentLanguage, AgentSkill, LevelChange, Skill
from .snapshots import QueueSnapshot, TenantSnapshot
from .tenants import ApiKey, IdempotencyRecord, SigningKey, Tenant
from .typing_signs import TypingSign
from .wakeups import Duty, Wakeup
from .wrapup import InteractionCode, TransactionCode, TransactionCodeList

__all__ = [
    "Agent",
    "AgentLanguage",
    "AgentSkill",
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
    "Department",
    "DepartmentQueue",
    "DepartmentSupervisor",
    "Duty",
    "Erasure",
    "Failure",
    "IdempotencyRecord",
    "InboundCallback",
    "Interaction",
    "InteractionCode",
    "Lane",
    "LevelChange",
    "LogEntry",
    "Message",
    "Offer",
    "OpeningHours",
    "Participant",
    "PostAgentAssignment",
    "PreparedResponse",
    "PresenceSpan",
    "Queue",
    "QueueMember",
    "QueueOverflow",
    "QueueSnapshot",
    "Receiver",
    "RemoteKey",
    "RoutingDecision",
    "RoutingLook",
    "Segment",
    "SigningKey",
    "Skill",
    "SweepRun",
    "Tenant",
    "TenantSnapshot",
    "TransactionCode",
    "TransactionCodeList",
    "TypingSign",
    "Wakeup",
    "Webhook",
]
