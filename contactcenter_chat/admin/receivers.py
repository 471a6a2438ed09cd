"""How does a receiver do? What a webhook's page shows of it too, and the pages of receivers that are no webhooks."""

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..actions.receivers import change_receiver
from ..models import Receiver
from ..wire.base import label_of
from .base import TenantAdmin
from .lists import AnyTenantFilter

OF_SETTINGS = ("kind", "provider", "uri", "format_shown", "remote_channel")
HEALTH = ("health", "failing_since", "paused_until")


def health_of(receiver):
    """Say in few words how a receiver does."""
    if not receiver.enabled:
        return _("off: %(reason)s") % {"reason": receiver.disabled_reason} if receiver.disabled_reason else _("off")
    if receiver.failures:
        return _("%(count)d failures in a row") % {"count": receiver.failures}
    return _("well")


def page_of(receiver):
    """The address of the page that shows a receiver: a webhook's, or its own."""
    kind = "webhook" if receiver.kind == Receiver.Kind.WEBHOOK else "receiver"
    return reverse(f"admin:contactcenter_chat_{kind}_change", args=[quote(receiver.pk)])


@admin.register(Receiver)
class ReceiverAdmin(TenantAdmin):
    """Remote centres: the settings say where they are. Webhooks have pages of their own."""

    list_display = ("__str__", "tenant", "kind", "uri", "format_shown", "enabled", "health")
    list_select_related = ("tenant",)
    list_filter = (AnyTenantFilter, "enabled")
    search_fields = ("provider", "uri")
    ordering = ("provider", "pk")
    fields = ("tenant", *OF_SETTINGS, "enabled", *HEALTH)
    readonly_fields = (*OF_SETTINGS, *HEALTH)

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(kind=Receiver.Kind.WEBHOOK)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("format"), ordering="format")
    def format_shown(self, receiver):
        return label_of(receiver.format)

    @admin.display(description=_("health"))
    def health(self, receiver):
        return health_of(receiver)

    def save_model(self, request, obj, form, change):
        if "enabled" in form.changed_data:
            change_receiver(obj, enabled=form.cleaned_data["enabled"])
