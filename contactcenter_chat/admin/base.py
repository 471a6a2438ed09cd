"""What do all admin pages share? Whose rows they show, and that verbs write what they change."""

from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import BadRequest, FieldError, ValidationError
from django.db import IntegrityError
from django.db.models.sql import Query
from django.http import Http404, QueryDict
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ..database import connection, without_transaction
from ..exceptions import Conflict, ContactCenterError, Invalid, NotFound
from ..http.requests import check_request, watched
from ..models import Tenant, TransactionCode
from ..queries import access
from ..storable import check_one_line
from .conflicts import KeepsOthersChanges
from .links import Readable
from .names import said_by

# How an address may compare a field with a value.
TEXTS = ("exact", "contains", "startswith", "endswith")
COMPARISONS = {*TEXTS, *(f"i{each}" for each in TEXTS), "in", "isnull", "gt", "gte", "lt", "lte"}
DIGITS_MOST = 18  # of a key
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


class VerbForm(KeepsOthersChanges):
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
        self._check_lines()
        if self.refusal is not None:
            field = getattr(self.refusal, "field", "")
            self.add_error(field if field in self.fields else None, said_by(self.refusal))
        return data

    def _check_lines(self):
        """Refuse more than a line where the page has room for one: browsers send no more, others may."""
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and isinstance(self.fields[name].widget, forms.TextInput):
                try:
                    check_one_line(value, name)
                except Invalid as refusal:
                    self.add_error(name, said_by(refusal))

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
    waits = False  # whether a verb waits for others or makes transactions of its own: not in one of the request
    renamed: dict[str, str] = {}  # what fields in addresses of the list were once called, in bookmarks and links

    class Media:
        css = {"all": ["contactcenter_chat/admin/admin.css"]}
        js = (forms.Script("contactcenter_chat/admin/filters.js", defer=True),)

    @property
    def urls(self):
        return [
            URLPattern(each.pattern, self._answer(each.callback), each.default_args, each.name)
            for each in super().urls
        ]

    def _answer(self, view):
        return without_transaction(_storable(view)) if self.waits else _storable(view)

    def get_search_results(self, request, queryset, search_term):
        _check_storable(request)  # for Django's search for rows of a field, which is not among our addresses
        return super().get_search_results(request, queryset, search_term)

    def get_queryset(self, request):
        return access.seen_by(request.user, super().get_queryset(request), tenant_path(self.model))

    def get_object(self, request, object_id, from_field=None):
        row = super().get_object(request, object_id, from_field)
        if row is not None and request.method == "POST" and connection().in_atomic_block:
            _lock(row)
            row = super().get_object(request, object_id, from_field)  # as whoever held it has left it
        if row is not None:
            row.read_by = request  # what is shown of it depends on who reads
        return row

    def get_readonly_fields(self, request, obj=None):
        fixed = self.fixed_fields if obj else ()
        return [*super().get_readonly_fields(request, obj), *fixed]

    def lookup_allowed(self, lookup, value, request):
        return _is_comparable(self.model, lookup) and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request, extra_context=None):
        request.GET = _with_new_names(request.GET, self.renamed)
        named = {"title": capfirst(self.opts.verbose_name_plural)}  # as the menu calls it
        return super().changelist_view(request, {**named, **(extra_context or {})})

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

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        inlines = [Readable(inline, request) for inline in context["inline_admin_formsets"]]
        readable = {"adminform": Readable(context["adminform"], request), "inline_admin_formsets": inlines}
        return super().render_change_form(request, {**context, **readable}, add, change, form_url, obj)

    def response_action(self, request, queryset, *args, **location):
        _check_keys(self.model, request.POST.getlist(ACTION_CHECKBOX_NAME))
        return super().response_action(request, queryset, *args, **location)

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


def _lock(row):
    """Lock a row that a form is to change, so that nobody changes it between the form's checks and the verb's write.

    Of a code it is the list, as verbs do it.
    """
    held = row.list if isinstance(row, TransactionCode) else row
    rows = type(held)._base_manager.select_for_update(of=("self",), no_key=True)
    rows.filter(pk=held.pk).first()


def _is_comparable(model, lookup):
    """Whether an address may compare so. Other ways, such as ``range``, break with a value that is no such."""
    try:
        comparisons = Query(model).solve_lookup_type(lookup)[0]
    except FieldError:
        return True  # a filter's own name, or nothing: that is for Django to say
    return COMPARISONS.issuperset(comparisons)


def _check_keys(model, keys):
    """Refuse what can be no key of the model's rows."""
    try:
        for key in keys:
            model._meta.pk.to_python(key)
    except ValidationError as refusal:
        raise BadRequest from refusal


def _storable(view):
    """A view that is not asked for what no database keeps."""

    @watched
    @wraps(view)
    def wrapped(request, *args, **path):
        _check_storable(request, **path)
        try:
            return view(request, *args, **path)
        except OverflowError as error:  # a key that is larger than SQLite's numbers; PostgreSQL finds no such row
            raise BadRequest(_("There is no such number.")) from error

    return wrapped


def _check_storable(request, **path):
    """Refuse what no database keeps, and rows chosen by numbers that none has."""
    try:
        check_request(request, path)
    except NotFound as refusal:
        raise Http404 from refusal
    except Invalid as refusal:
        raise BadRequest(refusal.translated) from refusal
    chosen = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
    if any(each.isdecimal() and len(each) > DIGITS_MOST for each in chosen):
        raise BadRequest(_("There is no such number."))


def _with_new_names(query, renamed):
    """What an address asks for, with what its fields are called now; ``field__exact`` is of ``field``."""
    asked = QueryDict(mutable=True)
    for name, values in query.lists():
        field, separator, comparison = name.partition("__")
        asked.setlist(renamed.get(field, field) + separator + comparison, values)
    return asked


def _refusal(error):
    if isinstance(error, ContactCenterError):
        return error
    return Conflict(gettext_noop("This does not go together with what is there already."))
