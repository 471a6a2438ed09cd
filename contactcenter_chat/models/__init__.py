"""The tables.

- ``base``           ids, locks, lengths of columns
- ``prepared``       statements that are composed once
- ``language_tags``  how a language is written
- ``clock``          the time that counts for all processes
- ``tenants``        Tenant, ApiKey, SigningKey, IdempotencyRecord
- ``receivers``      Receiver
- ``channels``       Webhook, Channel
- ``people``         what the project's users are called
- ``customers``      Customer, CustomerIdentity, Erasure, OptOut
- ``hours``          OpeningHours
- ``queues``         Queue, QueueMember, QueueOverflow, Agent, PresenceSpan
- ``departments``    Department, DepartmentQueue, DepartmentSupervisor
- ``skills``         Skill, AgentSkill, AgentLanguage, LevelChange
- ``conversations``  Conversation, Participant, Interaction, Offer, RoutingLook, RoutingDecision
- ``responses``      PreparedResponse, OwedActs
- ``identity``       Verification, levels of identity
- ``segments``       Segment
- ``snapshots``      QueueSnapshot, TenantSnapshot
- ``assignments``    PostAgentAssignment
- ``control``        ControlSpan
- ``spells``         BotSpell, BotPause
- ``starts``         BusinessStart
- ``tool_calls``     ToolCall
- ``messages``       Message
- ``assistant``      AssistantRequest
- ``files``          what is known of any file
- ``attachments``    Attachment, Card
- ``knowledge``      Article, ArticleVersion, ArticleVectors, ArticleUse, Question
- ``phrasings``      ConfirmedPhrasing
- ``article_files``  ArticleFile
- ``wrapup``         TransactionCodeList, TransactionCode, InteractionCode
- ``log``            LogEntry
- ``deliveries``     Lane, Delivery, DeliveryAttempt, DeliverySlot, SweepRun
- ``callbacks``      InboundCallback, CallbackRejection, RemoteKey
- ``typing_signs``   TypingSign
- ``wakeups``        Wakeup, Duty
- ``failures``       Failure
"""

from .article_files import ArticleFile
from .assignments import PostAgentAssignment
from .assistant import AssistantRequest
from .attachments import Attachment, Card
from .callbacks import CallbackRejection, InboundCallback, RemoteKey
from .channels import Channel, Webhook
from .control import ControlSpan
from .conversations import Conversation, Interaction, Offer, Participant, RoutingDecision, RoutingLook
from .customers import Customer, CustomerIdentity, Erasure, OptOut
from .deliveries import Delivery, DeliveryAttempt, DeliverySlot, Lane, SweepRun
from .departments import Department, DepartmentQueue, DepartmentSupervisor
from .failures import Failure
from .hours import OpeningHours
from .identity import Verification
from .knowledge import Article, ArticleUse, ArticleVectors, ArticleVersion, Question
from .log import LogEntry
from .messages import Message
from .phrasings import ConfirmedPhrasing
from .queues import Agent, PresenceSpan, Queue, QueueMember, QueueOverflow
from .receivers import Receiver
from .responses import OwedActs, PreparedResponse
from .segments import Segment
from .skills import AgentLanguage, AgentSkill, LevelChange, Skill
from .snapshots import QueueSnapshot, TenantSnapshot
from .spells import BotPause, BotSpell
from .starts import BusinessStart
from .tenants import ApiKey, IdempotencyRecord, SigningKey, Tenant
from .tool_calls import ToolCall
from .typing_signs import TypingSign
from .wakeups import Duty, Wakeup
from .wrapup import InteractionCode, TransactionCode, TransactionCodeList

__all__ = [
    "Agent",
    "AgentLanguage",
    "AgentSkill",
    "ApiKey",
    "Article",
    "ArticleFile",
    "ArticleUse",
    "ArticleVectors",
    "ArticleVersion",
    "AssistantRequest",
    "Attachment",
    "BotPause",
    "BotSpell",
    "BusinessStart",
    "CallbackRejection",
    "Card",
    "Channel",
    "ConfirmedPhrasing",
    "ControlSpan",
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
    "OptOut",
    "OwedActs",
    "Participant",
    "PostAgentAssignment",
    "PreparedResponse",
    "PresenceSpan",
    "Question",
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
    "ToolCall",
    "TransactionCode",
    "TransactionCodeList",
    "TypingSign",
    "Verification",
    "Wakeup",
    "Webhook",
]
