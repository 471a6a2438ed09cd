"""How does a receiver do? What a webhook's page shows of it too, and the pages of receivers that are no webhooks."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..actions.receivers import change_receiver
from ..models import Receiver, Webhook
from ..wire.base import label_of
from . import words
from .base import TenantAdmin
from .links import linked, page_of
from .lists import AnyTenantFilter

OF_SETTINGS = ("kind", "provider", "uri", "format_shown", "remote_channel")
HEALTH = ("health", "failing_since", "paused_until")


def health_of(receiver):
    """Say in few words how a receiver does."""
    if not receiver.enabled:
        reason = words.switched_off(receiver.disabled_reason)
        return _("off: %(reason)s") % {"reason": reason} if reason else _("off")
    if receiver.failures:
        return _("%(count)d failures in a row") % {"count": receiver.failures}
    return _("well")


def link_to(receiver, request):
    """A link to the page that shows a receiver, a webhook's or its own, for those who may see it; else its name."""
    model = Webhook if receiver.kind == Receiver.Kind.WEBHOOK else Receiver
    return linked(request, model, page_of(model, receiver.pk), str(receiver))


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
