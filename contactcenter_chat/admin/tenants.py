"""How is a contact centre set up, who may call it, and with what does it sign?"""

import json
from functools import partial

from django import forms
from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..actions.setup import tenants
from ..models import ApiKey, SigningKey, Tenant
from ..queries import access
from ..queries.signing_keys import public_key_of
from . import centre_file
from .actions import for_each
from .base import ReadOnly, TenantAdmin, VerbForm
from .lists import AnyTenantFilter


class ShowsSecretOnce(admin.ModelAdmin):
    """After adding, the key and the secret are shown on the answer itself: they are stored nowhere readable."""

    def show_secret(self, request, new):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Key and secret"),
            "new": new,
            "tenant": new.api_key.tenant,
        }
        response = TemplateResponse(request, "admin/contactcenter_chat/apikey/created.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def response_add(self, request, obj, post_url_continue=None):
        return self.show_secret(request, obj.new)


MASKING = ("masked_patterns", "reference_patterns")


class TenantForm(VerbForm):
    class Meta:
        model = Tenant
        fields = ("label", "name", "administrators", *MASKING)


@admin.register(Tenant)
class TenantsAdmin(ShowsSecretOnce, TenantAdmin):
    form = TenantForm
    list_display = ("label", "name", "created_at")
    fields = ("label", "name", "administrators", *MASKING)
    filter_horizontal = ("administrators",)
    fixed_fields = ("label",)
    search_fields = ("label", "name")
    actions = ("rotate_signing_key",)

    def get_fields(self, request, obj=None):
        # Choosing administrators means seeing all users, and giving rights.
        return self.fields if access.is_superuser(request.user) else ("label", "name", *MASKING)

    def has_add_permission(self, request):
        # A new contact centre has no administrators yet: nobody else could see it.
        return super().has_add_permission(request) and access.is_superuser(request.user)

    def has_delete_permission(self, request, obj=None):
        return False  # with all its history; that is no click

    def get_urls(self):
        view, pages = self.admin_site.admin_view, {"file": centre_file.file_view, "export": centre_file.export_view}
        own = [
            path(f"<str:object_id>/{page}/", view(partial(answer, self)), name=f"contactcenter_chat_tenant_{page}")
            for page, answer in pages.items()
        ]
        return [*own, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        may = {
            "may_write_file": access.may_write_file(request.user),
            "may_apply_file": access.may_apply_file(request.user),
        }
        return super().change_view(request, object_id, form_url, {**may, **(extra_context or {})})

    def save_model(self, request, obj, form, change):
        if change:
            self._update(obj, form)
            return
        new = tenants.create_tenant(label=obj.label, name=obj.name)
        obj.__dict__.update(new.tenant.__dict__)
        obj.new = new
        self._update(obj, form)

    def _update(self, obj, form):
        said = {name: form.cleaned_data.get(name) for name in ("administrators", *MASKING)}
        tenants.update_tenant(obj, name=obj.name, **said)

    def save_related(self, request, form, formsets, change):
        pass  # the verb has written the administrators

    def has_rotate_permission(self, request):
        return request.user.has_perm("contactcenter_chat.add_signingkey")

    @admin.action(description=_("Make a new signing key"), permissions=["rotate"])
    def rotate_signing_key(self, request, queryset):
        for_each(self, request, queryset, tenants.rotate_signing_key, _("%(row)s signs with a new key."))


class ApiKeyForm(VerbForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(scope, scope) for scope in tenants.SCOPES],
        initial=tenants.SCOPES,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ApiKey
        fields = ("tenant", "name", "scopes")


@admin.register(ApiKey)
class ApiKeyAdmin(ShowsSecretOnce, TenantAdmin):
    form = ApiKeyForm
    list_display = ("name", "tenant", "key_begins", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("tenant",)
    fields = ("tenant", "name", "scopes")
    list_filter = (AnyTenantFilter,)
    ordering = ("name", "pk")
    actions = ("revoke",)

    @admin.display(description=_("Scopes"))
    def scopes_shown(self, api_key):
        return ", ".join(api_key.scopes)

    @admin.display(description=_("key begins with"))
    def key_begins(self, api_key):
        return format_html("<code>{}…</code>", api_key.prefix)

    def get_fields(self, request, obj=None):
        shown = ("tenant", "name", "scopes_shown", "key_begins", "created_at", "last_used_at", "revoked_at")
        return shown if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj) if obj else ()

    def has_change_permission(self, request, obj=None):
        # A key is made and revoked; what it may do does not change under the application that uses it.
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False  # it is revoked

    def save_model(self, request, obj, form, change):
        new = tenants.create_api_key(tenant=obj.tenant, name=obj.name, scopes=form.cleaned_data["scopes"])
        obj.__dict__.update(new.api_key.__dict__)
        obj.new = new

    @admin.action(description=_("Revoke"), permissions=["change"])
    def revoke(self, request, queryset):
        for_each(self, request, queryset, tenants.revoke_api_key, _("%(row)s was revoked."))


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnly, TenantAdmin):
    list_display = ("id", "tenant", "created_at", "retired_at", "published_until")
    list_select_related = ("tenant",)
    list_filter = (AnyTenantFilter,)
    ordering = ("-created_at", "pk")
    fields = ("id", "tenant", "created_at", "retired_at", "published_until", "public_key", "standard_key")
    readonly_fields = ("public_key", "standard_key")
    actions = ("rotate",)

    @admin.display(description=_("public key (JWK)"))
    def public_key(self, key):
        return format_html('<pre class="cc-json">{}</pre>', json.dumps(key.public_jwk, indent=2))

    @admin.display(description=_("public key (Standard Webhooks, v1a)"))
    def standard_key(self, key):
        return format_html("<code>{}</code>", public_key_of(key))

    def has_rotate_permission(self, request):
        return request.user.has_perm("contactcenter_chat.add_signingkey")

    @admin.action(description=_("Make a new key for the same contact centre"), permissions=["rotate"])
    def rotate(self, request, queryset):
        own = access.tenants_of(request.user).filter(signing_keys__in=queryset).distinct()
        for_each(self, request, own, tenants.rotate_signing_key, _("%(row)s signs with a new key."))
