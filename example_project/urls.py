"""The project's addresses. The wire's paths live at the host's root, so the app is included there."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("contactcenter_chat.urls")),
    path("", include("example_project.portal.urls")),
]
