"""The paths."""

from django.urls import path, re_path

from contactcenter_chat.api.description import ApiDescription, hyphens
from contactcenter_chat.http.views import UnknownPathView

from . import schemas, views

DESCRIPTION = ApiDescription("Toy", "A toy.", address="toy", schemas=schemas, spell=hyphens)
wire_paths = [
    path("toy/doors", views.DoorsView.as_view()),
    path("toy/talks", views.TalksView.as_view()),
    path("toy/talks/<str:talk_id>/words", views.WordsView.as_view()),
]
unknown_paths = [re_path(r"^toy(/|$)", UnknownPathView.as_view())]
