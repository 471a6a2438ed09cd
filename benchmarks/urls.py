"""The example project's addresses, and the bare view's."""

from django.urls import path

from example_project.urls import urlpatterns as project_patterns

from .bare.views import CallbacksView, NotesView

urlpatterns = [
    path("bare/notes", NotesView.as_view()),
    path("bare/callbacks", CallbacksView.as_view()),
    *project_patterns,
]
