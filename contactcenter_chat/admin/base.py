"""What do all admin pages share? Whose rows they show, and that verbs write what they change."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ..exceptions import Conflict, ContactCenterError
from ..models import Tenant, TransactionCode
from ..queries import access

# From a model to its tenant, where it is not simply called so.
TENANT_PATHS = {Tenant: "", TransactionCode: "list__tenant"}


def tenant_path(model):
    """The path from a model to its tenant, as a lookup; empty for the tenant itself."""
    return TENANT_PATHS.get(model, "tenant")


def tenant_of(row):
    """The id of the tenant that a row belongs to."""
    if isinstance(row, Tenant):
        return row.pk
    return row.list.tenant_id if isinstance(row, TransactionCode) else row.tenant_id


class VerbForm(forms.ModelForm):
    """A form whose data a verb writes; what the verb refuses is an error of the form."""

    refusal = None  # the ContactCenterError of a first try

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name != "tenant" and hasattr(field, "queryset") and _is_tenants(field.queryset.model):
                self._narrow(field)

    def _narrow(self, field):
        """Offer rows of the row's own contact centre; as long as that is not chosen, say whose each is."""
        path = tenant_path(field.queryset.model)
        tenants: Any = self.fields.get("tenant")
        if not self.instance._state.adding:
            field.queryset = field.queryset.filter(**{path: tenant_of(self.instance)})
        elif tenants is not None and tenants.queryset[1:].exists():
            field.queryset = field.queryset.select_related(path)
            field.label_from_instance = lambda row: f"{row} ({row.tenant})"

    def clean(self):
        data = super().clean()
        self._check_one_tenant()
        if self.refusal is not None:
            field = getattr(self.refusal, "field", "")
            self.add_error(field if field in self.fields else None, self.refusal.translated)
        return data

    def _check_one_tenant(self):
        """Refuse rows of two contact centres together, which a superuser could choose."""
        tenant = self.cleaned_data.get("tenant")
        expected = tenant.pk if tenant else (None if self.instance._state.adding else tenant_of(self.instance))
        if expected is None:
            return
        for name, value in list(self.cleaned_data.items()):
            if any(tenant_of(row) != expected for row in _tenants_rows(value)):
                self.add_error(name, _("This belongs to another contact centre."))

    def _get_validation_exclusions(self):
        # The tenant cannot be changed and so stands in no form, but unique keys begin with it.
        return super()._get_validation_exclusions() - {"tenant", "list"}  # type: ignore[misc]


def _tenants_rows(value):
    """The rows in a form's value that belong to a tenant."""
    rows = value if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
    return [row for row in rows if _is_tenants(type(row))]


def _is_tenants(model):
    """Whether rows of this model belong to a tenant."""
    return hasattr(model, "tenant") or model is TransactionCode


class ScopedChoices(BaseModelAdmin):
    """Offers only rows of the user's own contact centres, in forms and inlines."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, **self._scoped(db_field, request, kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **self._scoped(db_field, request, kwargs))

    def _scoped(self, db_field, request, kwargs):
        model = db_field.remote_field.model
        if model._meta.app_label != Tenant._meta.app_label:
            return kwargs
        queryset = kwargs.get("queryset", model._default_manager.all())
        return {**kwargs, "queryset": access.seen_by(request.user, queryset, tenant_path(model))}


class TenantAdmin(ScopedChoices, admin.ModelAdmin):
    """Pages of a model whose rows belong to a contact centre."""

    form = VerbForm
    show_facets = admin.ShowFacets.NEVER  # they count
    save_as = False
    fixed_fields: tuple[str, ...] = ("tenant",)  # cannot be changed once the row is there

    class Media:
        css = {"all": ["contactcenter_chat/admin/admin.css"]}
        js = (forms.Script("contactcenter_chat/admin/filters.js", defer=True),)

    def get_queryset(self, request):
        return access.seen_by(request.user, super().get_queryset(request), tenant_path(self.model))

    def get_readonly_fields(self, request, obj=None):
        fixed = self.fixed_fields if obj else ()
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        own = list(access.tenants_of(request.user)[:2])
        return {"tenant": own[0].pk, **initial} if len(own) == 1 else initial

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "contactcenter_refusal", None)
        return type(form.__name__, (form,), {"refusal": refusal}) if refusal else form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return self.write_view(request, object_id, form_url, extra_context)
        except (ContactCenterError, IntegrityError) as error:
            # All was rolled back: show the form as it was filled in, with the refusal as its error.
            request.contactcenter_refusal = _refusal(error)
            return self.write_view(request, object_id, form_url, extra_context)

    def write_view(self, request, object_id, form_url, extra_context):
        """Show the form, or write what it says."""
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_actions(self, request, action_location=None):
        given = {} if action_location is None else {"action_location": action_location}  # from Django 6.1 on
        actions = super().get_actions(request, **given)
        actions.pop("delete_selected", None)  # rows that history names are retired, closed or revoked, one by one
        return actions


class ReadOnly:
    """Nothing on these pages is written."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def _refusal(error):
    if isinstance(error, ContactCenterError):
        return error
    return Conflict(gettext_noop("This does not go together with what is there already."))
