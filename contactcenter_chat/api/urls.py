"""Which paths do the APIs answer? The wires' lie at the host's root; slashes in front of them are overlooked."""

from django.urls import include, path, re_path

from . import docs
from .chat_api_v2 import urls as chat_api_v2
from .chat_gateway_v1 import urls as chat_gateway_v1

all_paths = [
    *chat_api_v2.wire_paths,
    *chat_gateway_v1.wire_paths,
    *chat_api_v2.unknown_paths,
    *chat_gateway_v1.unknown_paths,
]

app_name = "api"
urlpatterns = [
    *all_paths,
    re_path(r"^[/]+", include(all_paths)),
    path("api/schema/", docs.schema, {"wire": "chat_api_v2"}, name="schema"),
    path("api/docs/", docs.page, {"wire": "chat_api_v2"}, name="docs"),
    path("api/gateway/schema/", docs.schema, {"wire": "chat_gateway_v1"}, name="gateway-schema"),
    path("api/gateway/docs/", docs.page, {"wire": "chat_gateway_v1"}, name="gateway-docs"),
]
