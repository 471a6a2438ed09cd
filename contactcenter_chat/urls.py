"""Which addresses does the app answer? The wire's paths live at the host's root, the desk under ``desk/``."""

from django.urls import include, path

app_name = "contactcenter_chat"
urlpatterns = [
    path("desk/", include("contactcenter_chat.desk.urls")),
    path("", include("contactcenter_chat.api.urls")),
]
