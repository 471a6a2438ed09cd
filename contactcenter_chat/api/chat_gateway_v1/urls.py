"""Which paths does Chat Gateway v1 have?"""

from django.urls import path, re_path

from .base import UnknownPathView
from .description import DESCRIPTION
from .views.activity import PostAgentAssignmentView, ReadReceiptView, ThinkingView, TypingView
from .views.articles import ArticlesView
from .views.attachments import AttachmentContentView, AttachmentsView, AttachmentView
from .views.cards import CardsView, ExecuteCardView, SubmitCardView
from .views.channels import AvailabilityView, ChannelsView, ChannelView
from .views.conversations import (
    ConversationsView,
    ConversationView,
    InteractionsView,
    MessagesView,
    MessageView,
    ParticipantsView,
    UserView,
    WaitingView,
)
from .views.figures import QueuesView, QueueView, ScheduleStatusView, SchedulesView
from .views.handover import HandoverView
from .views.keys import JwkView
from .views.verification import VerificationView
from .views.webhooks import VerifyWebhookView, WebhooksView, WebhookView

__all__ = ["DESCRIPTION", "unknown_paths", "wire_paths"]

ROOT = "chat-gateway/v1/"
CONVERSATION = ROOT + "conversations/<str:conversation_id>"
FIGURES = "cc/v1/"
CARD = "api/v1/tenant/<str:tenant_id>/conversations/<str:conversation_id>/cards/<str:card_id>"

wire_paths = [
    path(ROOT + "jwk/<str:jwk_id>/public", JwkView.as_view()),
    path(ROOT + "webhooks", WebhooksView.as_view()),
    path(ROOT + "webhooks/verify", VerifyWebhookView.as_view()),
    path(ROOT + "webhooks/<str:webhook_id>", WebhookView.as_view()),
    path(ROOT + "channels", ChannelsView.as_view()),
    path(ROOT + "channels/<str:channel_id>", ChannelView.as_view()),
    path(ROOT + "channels/<str:channel_id>/availability", AvailabilityView.as_view()),
    path(ROOT + "articles", ArticlesView.as_view()),
    path(ROOT + "conversations", ConversationsView.as_view()),
    path(CONVERSATION, ConversationView.as_view()),
    path(CONVERSATION + "/waiting", WaitingView.as_view()),
    path(CONVERSATION + "/handover", HandoverView.as_view()),
    path(CONVERSATION + "/verification", VerificationView.as_view()),
    path(CONVERSATION + "/interactions", InteractionsView.as_view()),
    path(CONVERSATION + "/post-agent-assignment", PostAgentAssignmentView.as_view()),
    path(CONVERSATION + "/typing", TypingView.as_view()),
    path(CONVERSATION + "/thinking", ThinkingView.as_view()),
    path(CONVERSATION + "/read-receipt", ReadReceiptView.as_view()),
    path(CONVERSATION + "/participants", ParticipantsView.as_view()),
    path(CONVERSATION + "/participants/user", UserView.as_view()),
    path(CONVERSATION + "/messages", MessagesView.as_view()),
    path(CONVERSATION + "/messages/<str:message_id>", MessageView.as_view()),
    path(CONVERSATION + "/attachments", AttachmentsView.as_view()),
    path(CONVERSATION + "/attachments/<str:attachment_id>", AttachmentView.as_view()),
    path(CONVERSATION + "/attachments/<str:attachment_id>/content", AttachmentContentView.as_view()),
    path(CONVERSATION + "/messages/<str:message_id>/cards", CardsView.as_view()),
    path(CARD + "/action-submit", SubmitCardView.as_view()),
    path(CARD + "/action-execute", ExecuteCardView.as_view()),
    path(FIGURES + "stats/rt/queues", QueuesView.as_view()),
    path(FIGURES + "stats/rt/queue/<str:queue_id>", QueueView.as_view()),
    path(FIGURES + "schedules", SchedulesView.as_view()),
    path(FIGURES + "schedules/<str:schedule_id>/status", ScheduleStatusView.as_view()),
]
unknown_paths = [re_path(r"^(chat-gateway|cc)(/|$)", UnknownPathView.as_view())]
