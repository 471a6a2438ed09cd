"""Which addresses does the app answer? The wire's paths live at the host's root, the desk under ``desk/``,
what remote centres tell under ``callbacks/``, the files that links in our callbacks and answers lead to under
``attachments/``.
"""

from django.urls import include, path

from .api import article_files
from .attachments import downloads

app_name = "contactcenter_chat"
urlpatterns = [
    path("desk/", include("contactcenter_chat.desk.urls")),
    path("", include("contactcenter_chat.inbound.callbacks")),
    path("attachments/<str:attachment_id>/", downloads.attachment, name="attachment"),
    path("attachments/articles/<str:file_id>/", article_files.article_file, name="article_file"),
    path("", include("contactcenter_chat.api.urls")),
]
