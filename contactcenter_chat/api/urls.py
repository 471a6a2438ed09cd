"""Which paths do the APIs answer? The formats' lie at the host's root; slashes in front of them are overlooked."""

from importlib import import_module

from django.urls import include, re_path

from ..wire.base import formats
from . import docs

served = [import_module(each.urls) for each in formats() if each.urls]
all_paths = [
    *(path for urls in served for path in urls.wire_paths),
    *(path for urls in served for path in urls.unknown_paths),
]

app_name = "api"
urlpatterns = [*all_paths, re_path(r"^[/]+", include(all_paths)), *docs.paths()]
