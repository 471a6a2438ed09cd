"""Which paths do the APIs answer? The formats' lie at the host's root; slashes in front of them are overlooked."""

from django.urls import include, re_path

from . import docs

served = [urls for _format, urls in docs.served()]
all_paths = [
    *(path for urls in served for path in urls.wire_paths),
    *(path for urls in served for path in urls.unknown_paths),
]

app_name = "api"
urlpatterns = [*all_paths, re_path(r"^[/]+", include(all_paths)), *docs.paths()]
