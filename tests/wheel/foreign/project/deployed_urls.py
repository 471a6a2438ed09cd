import mimetypes

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.urls import include, path

from .urls import urlpatterns


@login_not_required
def static(request, name):
    """A collected file, which a web server would send."""
    return HttpResponse((settings.STATIC_ROOT / name).read_bytes(), content_type=mimetypes.guess_type(name)[0])


urlpatterns = [
    path("static/<path:name>", static),
    *urlpatterns,
    path("accounts/login/", LoginView.as_view(template_name="admin/login.html"), name="login"),
    path("", include("contactcenter_chat.urls")),
]
