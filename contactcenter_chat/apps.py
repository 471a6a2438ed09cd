"""Django's entry point to the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactCenterChatConfig(AppConfig):
    name = "contactcenter_chat"
    label = "contactcenter_chat"
    verbose_name = _("Contact centre")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.contrib.auth.signals import user_logged_out
        from django.utils.module_loading import autodiscover_modules

        from . import checks  # noqa: F401  (registers the system checks)
        from .desk.leaving import logged_out

        autodiscover_modules("contact_tools")
        user_logged_out.connect(logged_out, dispatch_uid="contactcenter_chat.desk")
