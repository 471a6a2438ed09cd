"""Which paths do the APIs answer? The wires' lie at the host's root; slashes in front of them are overlooked."""

from django.urls import include, path, re_path

from . import docs
from .gateway import urls as gateway
from .views.access import JwkView, TokenView, UnknownPathView
from .views.channels import ChannelsView, ChannelView
from .views.conversations import (
    ConversationsView,
    ConversationView,
    CustomerView,
    EventsView,
    MessagesView,
    ParticipantsView,
)
from .views.webhooks import VerifyWebhookView, WebhooksView, WebhookView

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
    path(TENANT + "conversations", ConversationsView.as_view()),
    path(CONVERSATION, ConversationView.as_view()),
    path(CONVERSATION + "/participants", ParticipantsView.as_view()),
    path(CONVERSATION + "/participants/customer", CustomerView.as_view()),
    path(CONVERSATION + "/messages", MessagesView.as_view()),
    path(CONVERSATION + "/events", EventsView.as_view()),
]
unknown_paths = [re_path(r"^(vcc|oauth)(/|$)", UnknownPathView.as_view())]
all_paths = [*wire_paths, *gateway.wire_paths, *unknown_paths, *gateway.unknown_paths]

app_name = "api"
urlpatterns = [
    *all_paths,
    re_path(r"^[/]+", include(all_paths)),
    path("api/schema/", docs.schema, {"wire": "chat_api_v2"}, name="schema"),
    path("api/docs/", docs.page, {"wire": "chat_api_v2"}, name="docs"),
    path("api/gateway/schema/", docs.schema, {"wire": "chat_gateway_v1"}, name="gateway-schema"),
    path("api/gateway/docs/", docs.page, {"wire": "chat_gateway_v1"}, name="gateway-docs"),
]
