"""The addresses of the client application."""

from django.urls import path

from . import views

app_name = "portal"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("portal/", views.start, name="start"),
    path("portal/chat/", views.chat, name="chat"),
    path("portal/chat/lines/", views.lines, name="lines"),
    path("portal/chat/say/", views.say, name="say"),
    path("portal/chat/typing/", views.typing, name="typing"),
    path("portal/chat/read/", views.read, name="read"),
    path("portal/chat/answer/", views.answer, name="answer"),
    path("portal/chat/files/<str:attachment_id>/", views.file, name="file"),
    path("portal/chat/leave/", views.leave, name="leave"),
    path("portal/callback/", views.callback, name="callback"),
    path("favicon.ico", views.icon),  # where browsers look when a page names none
]
