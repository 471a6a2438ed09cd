"""Which addresses does the app answer? The wire's paths live at the host's root, the desk under ``desk/``,
what remote centres tell under ``callbacks/``, the files that links in our callbacks lead to under ``attachments/``.
"""

from django.urls import include, path

from .attachments import downloads

app_name = "contactcenter_chat"
urlpatterns = [
    path("desk/", include("contactcenter_chat.desk.urls")),
    path("", include("contactcenter_chat.inbound.callbacks")),
    path("attachments/<str:attachment_id>/", downloads.attachment, name="attachment"),
    path("", include("contactcenter_chat.api.urls")),
]
