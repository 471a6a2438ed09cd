"""Which paths does Chat API v2 have?"""

from django.urls import path, re_path

from ...http.views import UnknownPathView
from .description import DESCRIPTION
from .views.access import JwkView, TokenView
from .views.articles import ArticlesView
from .views.channels import AvailabilityView, ChannelsView, ChannelView
from .views.conversations import (
    ConversationsView,
    ConversationView,
    CustomerView,
    EventsView,
    MessagesView,
    ParticipantsView,
    WaitingView,
)
from .views.handover import HandoverView
from .views.verification import VerificationView
from .views.webhooks import VerifyWebhookView, WebhooksView, WebhookView

__all__ = ["DESCRIPTION", "unknown_paths", "wire_paths"]

ROOT = "vcc/<str:region>/chat/v2/"
TENANT = ROOT + "tenant/<str:tenant_id>/"
CONVERSATION = TENANT + "conversations/<str:conversation_id>"

wire_paths = [
    path("oauth/v2/token", TokenView.as_view()),
    path(ROOT + "jwk/<str:jwk_id>/public", JwkView.as_view(), name="jwk"),
    path(TENANT + "web-hooks", WebhooksView.as_view()),
    path(TENANT + "web-hooks/verify", VerifyWebhookView.as_view()),
    path(TENANT + "web-hooks/<str:web_hook_id>", WebhookView.as_view()),
    path(TENANT + "channels", ChannelsView.as_view()),
    path(TENANT + "channels/<str:channel_id>", ChannelView.as_view()),
    path(TENANT + "channels/<str:channel_id>/availability", AvailabilityView.as_view()),
    path(TENANT + "articles", ArticlesView.as_view()),
    path(TENANT + "conversations", ConversationsView.as_view()),
    path(CONVERSATION, ConversationView.as_view()),
    path(CONVERSATION + "/waiting", WaitingView.as_view()),
    path(CONVERSATION + "/handover", HandoverView.as_view()),
    path(CONVERSATION + "/verification", VerificationView.as_view()),
    path(CONVERSATION + "/participants", ParticipantsView.as_view()),
    path(CONVERSATION + "/participants/customer", CustomerView.as_view()),
    path(CONVERSATION + "/messages", MessagesView.as_view()),
    path(CONVERSATION + "/events", EventsView.as_view()),
]
unknown_paths = [re_path(r"^(vcc|oauth)(/|$)", UnknownPathView.as_view())]
