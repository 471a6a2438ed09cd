"""Django's entry point to the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactCenterChatConfig(AppConfig):
    name = "contactcenter_chat"
    label = "contactcenter_chat"
    verbose_name = _("Contact centre")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import checks  # noqa: F401  (registers the system checks)
