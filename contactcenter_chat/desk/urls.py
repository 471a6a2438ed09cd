"""The desk's addresses."""

from django.urls import path

from . import attachments, chats, handling, home, leaving, offers, presence, stream, wrapping

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("rail/", home.rail, name="rail"),
    path("day/", home.day, name="day"),
    path("state/", home.state, name="state"),
    path("events/", stream.events, name="events"),
    path("presence/", presence.presence, name="presence"),
    path("leave/ask/", leaving.ask_to_leave, name="ask_to_leave"),
    path("heartbeat/", presence.heartbeat, name="heartbeat"),
    path("offers/<str:offer_id>/accept/", offers.accept, name="accept"),
    path("offers/<str:offer_id>/decline/", offers.decline, name="decline"),
    path("interactions/<str:interaction_id>/pick/", offers.pick, name="pick"),
    path("chats/<str:conversation_id>/", chats.chat, name="chat"),
    path("chats/<str:conversation_id>/news/", chats.news, name="news"),
    path("chats/<str:conversation_id>/earlier/", chats.earlier, name="earlier"),
    path("chats/<str:conversation_id>/side/", chats.side, name="side"),
    path("chats/<str:conversation_id>/deliveries/", chats.deliveries, name="deliveries"),
    path("chats/<str:conversation_id>/messages/", chats.say, name="say"),
    path("chats/<str:conversation_id>/attachments/", attachments.upload, name="upload"),
    path("chats/<str:conversation_id>/attachments/<str:attachment_id>/", attachments.attachment, name="attachment"),
    path(
        "chats/<str:conversation_id>/attachments/<str:attachment_id>/line/",
        attachments.attachment_line,
        name="attachment_line",
    ),
    path("chats/<str:conversation_id>/attachments/<str:attachment_id>/discard/", attachments.discard, name="discard"),
    path("chats/<str:conversation_id>/typing/", chats.typing, name="typing"),
    path("chats/<str:conversation_id>/read/", chats.read, name="read"),
    path("chats/<str:conversation_id>/responses/", chats.responses, name="responses"),
    path("interactions/<str:interaction_id>/transfer/", handling.transfer, name="transfer"),
    path("interactions/<str:interaction_id>/end/", handling.end, name="end"),
    path("interactions/<str:interaction_id>/nobody/", handling.nobody_there, name="nobody_there"),
    path("interactions/<str:interaction_id>/end/ask/", handling.ask_to_end, name="ask_to_end"),
    path("interactions/<str:interaction_id>/codes/", wrapping.codes, name="codes"),
    path("interactions/<str:interaction_id>/finish/", wrapping.finish, name="finish"),
    path("interactions/<str:interaction_id>/extend/", wrapping.extend, name="extend"),
]
