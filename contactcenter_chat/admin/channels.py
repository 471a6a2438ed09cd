"""Where do conversations come from, and where do their callbacks go?"""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect

from ..actions.setup import channels, webhooks
from ..bots import base as bots
from ..conf import settings
from ..exceptions import Invalid
from ..models import Channel, Webhook
from ..models.channels import LivingQuerySet
from ..queries.signing_keys import secret_of
from ..wire.base import formats, label_of
from ..wire.limits import WEBHOOK_NAME_MAX
from .actions import for_each
from .base import TenantAdmin, VerbForm
from .lists import AnyTenantFilter
from .names import isolated, said_by, said_of, told
from .receivers import HEALTH, health_of

HISTORY = ("revision", "created_at", "updated_at")
OF_RECEIVERS = ("uri", "enabled", "disabled_reason", "failing_since", "failures", "paused_until")


class WebhookForm(VerbForm):
    name = forms.CharField(label=capfirst(_("name")), max_length=WEBHOOK_NAME_MAX, widget=AdminTextInputWidget)
    # The verb decides what is a URL.
    uri = forms.CharField(
        label=_("URL"), max_length=webhooks.URI_MAX, widget=forms.URLInput(attrs={"class": "vURLField"})
    )
    enabled = forms.BooleanField(label=capfirst(_("enabled")), required=False)

    class Meta:
        model = Webhook
        fields = ("tenant", "name", "version")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial = {**self.initial, "uri": self.instance.uri, "enabled": self.instance.enabled}
        if field := self.fields.get("version"):
            choices = [(each.version, each.label) for each in formats()]
            own = self.instance.version  # which the settings may name no more
            choices += [(own, own)] if own and own not in dict(choices) else []
            self.fields["version"] = forms.ChoiceField(label=field.label, choices=choices)


class Alive(admin.ModelAdmin):
    """Rows that were not deleted; those that were stay for the history that names them."""

    actions: tuple[str, ...] = ("take_away",)

    def get_queryset(self, request):
        return cast(LivingQuerySet[Any], super().get_queryset(request)).alive()

    def has_delete_permission(self, request, obj=None):
        return obj is None and super().has_delete_permission(request)  # by the action, which calls the verb

    def delete_verb(self, row):
        """Write: take the row away."""
        raise NotImplementedError

    @admin.action(description=_("Delete"), permissions=["delete"])
    def take_away(self, request, queryset):
        for_each(self, request, queryset, self.delete_verb, _("%(row)s was deleted."))


@admin.register(Webhook)
class WebhookAdmin(Alive, TenantAdmin):
    waits = True  # for the receiver's answer
    form = WebhookForm
    list_display = ("name", "tenant", "uri", "version_shown", "enabled", "health")
    list_select_related = ("tenant", "receiver")
    list_filter = (AnyTenantFilter, "receiver__enabled")
    renamed = {name: f"receiver__{name}" for name in OF_RECEIVERS}
    search_fields = ("name", "receiver__uri")
    ordering = ("name", "pk")
    fields = ("tenant", "name", "uri", "version", "enabled")
    readonly_fields = ("signing_secret", *HEALTH, *HISTORY)
    actions = ("verify", "take_away")

    def lookup_allowed(self, lookup, value, request):
        return lookup.startswith(tuple(self.renamed.values())) or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("format"), ordering="version")
    def version_shown(self, webhook):
        return label_of(webhook.version)

    @admin.display(description=_("URL"), ordering="receiver__uri")
    def uri(self, webhook):
        return format_html('<a href="{0}">{0}</a>', webhook.uri)

    @admin.display(description=_("enabled"), ordering="receiver__enabled", boolean=True)
    def enabled(self, webhook):
        return webhook.enabled

    @admin.display(description=_("health"))
    def health(self, webhook):
        return health_of(webhook.receiver)

    @admin.display(description=_("failing since"))
    def failing_since(self, webhook):
        return display_for_value(webhook.receiver.failing_since, self.get_empty_value_display())

    @admin.display(description=_("paused until"))
    def paused_until(self, webhook):
        return display_for_value(webhook.receiver.paused_until, self.get_empty_value_display())

    @admin.display(description=_("secret (Standard Webhooks, v1)"))
    def signing_secret(self, webhook):
        return format_html("<code>{}</code>", secret_of(webhook.receiver))

    def get_fields(self, request, obj=None):
        if obj is None:
            return [field for field in self.fields if field != "enabled"]
        if not self.has_change_permission(request, obj):
            return ["tenant", "name", "uri", "version_shown", "enabled", *HEALTH, *HISTORY]
        return [*self.fields, "signing_secret", *HEALTH, *HISTORY]

    @method_decorator(csrf_protect)
    def write_view(self, request, object_id, form_url, extra_context):
        # Without the transaction that Django puts around it: the verbs wait for the receiver's answer.
        return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]

    def save_model(self, request, obj, form, change):
        data = {name: form.cleaned_data[name] for name in form.changed_data if name != "tenant"}
        if change:
            rows = Webhook.objects.select_related("tenant", "receiver")
            row = rows.get(pk=obj.pk)  # obj holds the form's values already
            # There is no transaction that holds the row: as it was when the form was checked.
            row = webhooks.update_webhook(webhook=row, expected_revision=obj.revision, **data)
        else:
            uri = form.cleaned_data["uri"]
            row = webhooks.create_webhook(tenant=obj.tenant, name=obj.name, uri=uri, version=obj.version)
        obj.__dict__.update(row.__dict__)

    def delete_verb(self, row):
        webhooks.delete_webhook(row)

    @admin.action(description=_("Verify: post a verification and show the answer"), permissions=["change"])
    def verify(self, request, queryset):
        for webhook in queryset.select_related("tenant", "receiver"):
            self._verify(request, webhook)

    def _verify(self, request, webhook):
        try:
            answer = webhooks.verify_webhook(webhook)
        except webhooks.VerificationFailed as refusal:
            said, level = said_of(webhook, said_by(refusal)), messages.ERROR
            answer = refusal.answer
        except Invalid as refusal:
            self.message_user(request, said_of(webhook, said_by(refusal)), messages.ERROR)
            return
        else:
            said = told(_("%(row)s answered %(status)d."), row=webhook, status=answer.status)
            level = messages.SUCCESS
        took = _("It took %(ms)d ms.") % {"ms": answer.duration_ms}
        parts = [part for part in (said, took, answer.text[:500] and isolated(answer.text[:500])) if part]
        self.message_user(request, format_html_join(" ", "{}", ((part,) for part in parts)), level)


class ChannelForm(VerbForm):
    class Meta:
        model = Channel
        fields = ("tenant", "name", "webhook", "queue", "provider", "pace", *channels.POLICY)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "provider" in self.fields:
            names = [(name, name) for name in settings.PROVIDERS]
            self.fields["provider"] = forms.ChoiceField(label=_("Provider"), choices=names, initial="default")
        if "bot" in self.fields:
            field = Channel._meta.get_field("bot")
            known = [("", _("None")), *((name, bots.title_of(name)) for name in bots.names())]
            self.fields["bot"] = forms.ChoiceField(
                label=capfirst(field.verbose_name), help_text=field.help_text, choices=known, required=False
            )


@admin.register(Channel)
class ChannelAdmin(Alive, TenantAdmin):
    form = ChannelForm
    list_display = ("name", "tenant", "queue", "webhook", "pace", "provider", "created_at")
    list_select_related = ("tenant", "queue", "webhook")
    list_filter = (AnyTenantFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")
    fieldsets = (
        (None, {"fields": ("tenant", "name", "webhook", "queue", "pace", "provider")}),
        (_("What its application tells and is told"), {"fields": ("tells_own_words", "has_presence")}),
        (_("Bots"), {"fields": ("bot", "bot_fencing", "bot_seconds")}),
        (_("Who its customers are"), {"fields": ("identity",)}),
        (_("After the end"), {"fields": channels.AFTER_THE_END}),
    )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "webhook":
            kwargs["queryset"] = Webhook.objects.alive()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        data = {name: form.cleaned_data[name] for name in form.changed_data if name != "tenant"}
        if change:
            row = Channel.objects.select_related("tenant").get(pk=obj.pk)  # obj holds the form's values already
            row = channels.update_channel(channel=row, **data)
        else:
            chosen = {name: getattr(obj, name) for name in ("tenant", "name", "webhook", "queue", "provider", "pace")}
            chosen |= {name: getattr(obj, name) for name in channels.POLICY}
            row = channels.create_channel(**chosen)
        obj.__dict__.update(row.__dict__)

    def delete_verb(self, row):
        channels.delete_channel(row)
