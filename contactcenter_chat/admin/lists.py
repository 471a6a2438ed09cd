"""How do long lists stay fast? Newest first, a page at a time, for one contact centre, without a count."""

from datetime import date, datetime, time, timedelta

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..queries import access
from ..queries.keyset_pages import Page, Place, Table, page, within
from ..queries.list_addresses import TENANT

BEFORE = "before"
SINCE = "since"
UNTIL = "until"
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)  # with which one can still reckon


def asked(request, name):
    """What the address asks for under this name."""
    return request.GET.get(name, "").strip()


def chosen_tenant(request):
    """The contact centre whose rows are listed: the one asked for, else the user's first; None when there is none."""
    if not hasattr(request, "contactcenter_tenant"):
        tenants = access.tenants_of(request.user).order_by("name", "label")
        chosen = asked(request, TENANT)
        request.contactcenter_tenant = tenants.filter(pk=chosen).first() if chosen else tenants.first()
    return request.contactcenter_tenant


def chosen_period(request):
    """What the period's filter asks for, as aware datetimes or None: from the first day's start to the last's end."""
    since, until = (_parsed(asked(request, name)) for name in (SINCE, UNTIL))
    return since and _midnight(since), until and _midnight(until + timedelta(days=1))


def _parsed(text):
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


class SelectFilter(admin.SimpleListFilter):
    """A filter that is chosen from a drop-down; its choices come from a small table."""

    template = "admin/contactcenter_chat/select_filter.html"

    def choices(self, changelist):
        self.others = _others(changelist, self.expected_parameters())
        yield {"value": "", "display": _("All"), "selected": self.value() is None}
        for value, display in self.lookup_choices:
            yield {"value": value, "display": display, "selected": self.value() == str(value)}

    def chosen(self):
        """The value, when it is one of the choices; else None."""
        return self.value() if self.value() in {str(value) for value, _display in self.lookup_choices} else None

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        chosen = self.chosen()
        return queryset.none() if chosen is None else self.narrow(queryset, chosen)

    def narrow(self, queryset, value):
        """Write: the rows of ``queryset`` that fit the chosen ``value``."""
        raise NotImplementedError


class TenantFilter(SelectFilter):
    """Which contact centre's rows are listed: always one, so that an index that begins with it can be read."""

    title = _("tenant")
    parameter_name = TENANT

    def lookups(self, request, model_admin):
        tenants = access.tenants_of(request.user).order_by("name", "label")
        return [(tenant.pk, str(tenant)) for tenant in tenants]

    def has_output(self):
        return len(self.lookup_choices) > 1 or self.value() is not None

    def choices(self, changelist):
        # Other filters name rows of one contact centre: they do not survive the change to another.
        self.others = []
        current = self.value() or str(self.lookup_choices[0][0]) if self.lookup_choices else None
        for value, display in self.lookup_choices:
            yield {"value": value, "display": display, "selected": str(value) == current}

    def narrow(self, queryset, value):
        return queryset.filter(tenant=value)


class AnyTenantFilter(SelectFilter):
    """The same for short lists, which may show all contact centres at once."""

    title = TenantFilter.title
    parameter_name = TENANT
    lookups = TenantFilter.lookups
    has_output = TenantFilter.has_output

    def narrow(self, queryset, value):
        return queryset.filter(tenant=value)


class PeriodFilter(admin.ListFilter):
    """From one day to another, both included; the list's source narrows to it."""

    title = _("period")
    template = "admin/contactcenter_chat/period_filter.html"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.since, self.until = ((params.pop(name, None) or [""])[-1] for name in (SINCE, UNTIL))

    def has_output(self):
        return True

    def expected_parameters(self):
        return [SINCE, UNTIL]

    def choices(self, changelist):
        self.others = _others(changelist, self.expected_parameters())
        return []

    def queryset(self, request, queryset):
        return queryset


def _others(changelist, names):
    """The other parameters of a list, as pairs, for a form that changes these."""
    return [(name, value) for name, value in changelist.params.items() if name not in names]


class NewestFirst(ChangeList):
    """A list of rows in order of time that is left by "older", not by a page's number."""

    model_admin: "NewestFirstAdmin"

    def get_queryset(self, request, exclude_parameters=None):
        self.all_parameters = set(request.GET)
        for parameters in (self.params, self.filter_params):
            parameters.pop(BEFORE, None)
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request):
        self.page = self.model_admin.page_of(request, self)
        rows = self.queryset.in_bulk(self.page.pks)
        in_order = [rows[pk] for pk in self.page.pks if pk in rows]
        for row in in_order:
            row.read_by = request  # what is shown of it depends on who reads
        self.result_list = self.model_admin.with_more(request, self, in_order)
        # What the templates ask for: one page, complete, nothing to count.
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = False
        self.show_admin_actions = bool(self.result_list)
        self.can_show_all = self.multi_page = False
        self.paginator = self.model_admin.get_paginator(request, self.result_list, self.list_per_page)

    @property
    def found(self):
        """How many rows a search found, as far as was looked; empty without a search, and on further pages."""
        count = len(self.result_list)
        if not self.query or BEFORE in self.all_parameters:
            return ""
        if self.page.looked_to:
            return _("%(count)d found so far") % {"count": count}
        if self.page.older:
            return _("more than %(count)d found") % {"count": count}
        return ngettext("%(count)d found", "%(count)d found", count) % {"count": count}

    @property
    def older_link(self):
        """Where the list goes on; empty at its end."""
        return self.get_query_string({BEFORE: str(self.page.older)}) if self.page.older else ""

    @property
    def newest_link(self):
        return self.get_query_string()


class NewestFirstAdmin(admin.ModelAdmin):
    """An admin whose list may have a million rows. ``time`` names the field that an index holds them by."""

    time = "created_at"
    list_per_page = 50
    sortable_by = ()
    change_list_template = "admin/contactcenter_chat/newest_first.html"

    def get_changelist(self, request, **kwargs):
        return NewestFirst

    def get_ordering(self, request):
        return (f"-{self.time}", "-pk")

    def page_of(self, request, changelist):
        """The page of the list that is asked for."""
        tenant = chosen_tenant(request)
        if tenant is None:
            return Page([])
        before = Place.parse(asked(request, BEFORE))
        source = self.source(request, tenant)
        return page(source, changelist.queryset, before=before, size=self.list_per_page)

    def source(self, request, tenant):
        """The rows in order of time; narrow it where an index can."""
        since, until = chosen_period(request)
        return Table(within(self.indexed(request, tenant), self.time, since, until), self.time)

    def indexed(self, request, tenant):
        """The rows of the tenant that the source reads."""
        return self.model._default_manager.filter(tenant=tenant)

    def with_more(self, request, changelist, rows):
        """The rows of the page, with what else the columns show."""
        return rows

    def response_action(self, request, queryset, *args, **location):
        # There is no "all that match": only what was ticked.
        request.POST = request.POST.copy()
        request.POST["select_across"] = "0"
        return super().response_action(request, queryset, *args, **location)
