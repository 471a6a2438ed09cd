"""Django's entry point to the example's client application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "example_project.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
