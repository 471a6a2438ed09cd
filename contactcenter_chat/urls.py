"""Which addresses does the app answer? The wire's paths live at the host's root, the desk under ``desk/``."""

from django.urls import path  # noqa: F401

urlpatterns = []
