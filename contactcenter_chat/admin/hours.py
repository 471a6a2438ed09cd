"""When are queues open? Opening hours, whether they are open now, and which queues go by them."""

from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from ..actions.center import opening
from ..actions.center.hours_checks import refusals_of_nights
from ..models import Department, OpeningHours, Queue
from ..models.hours import holidays_of
from .base import TenantAdmin, VerbForm
from .hours_fields import ExceptionsField, PeriodsField, exceptions_told, periods_told
from .links import linked, page_of
from .lists import AnyTenantFilter
from .names import isolated, said_by

DAYS = [f"day_{number}" for number in range(7)]
WRITTEN = ("tenant", "name", "time_zone", *DAYS, "holidays", "exceptions")
SHOWN = ("tenant", "name", "time_zone", "weekly_shown", "holidays", "exceptions_shown")
USERS = ("queues_shown", "departments_shown")
FOUND_OUT = ("now_shown", *USERS, "weekly_shown", "exceptions_shown")


@cache
def zones():
    """The zones that are offered: those of places, and UTC."""
    return ("UTC", *sorted(each for each in available_timezones() if "/" in each and not each.startswith("Etc/")))


class HoursForm(VerbForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), initial=timezone.get_default_timezone_name)
    day_0 = PeriodsField(label=WEEKDAYS[0], required=False, help_text=_("“09:00-12:30, 13:30-17:00”; empty: closed."))
    day_1 = PeriodsField(label=WEEKDAYS[1], required=False)
    day_2 = PeriodsField(label=WEEKDAYS[2], required=False)
    day_3 = PeriodsField(label=WEEKDAYS[3], required=False)
    day_4 = PeriodsField(label=WEEKDAYS[4], required=False)
    day_5 = PeriodsField(label=WEEKDAYS[5], required=False)
    day_6 = PeriodsField(label=WEEKDAYS[6], required=False)
    exceptions = ExceptionsField(
        label=_("Exceptions"),
        required=False,
        help_text=_("What holds instead on a date, one per line: “2026-12-24 09:00-12:00”, “2026-12-31 closed”."),
    )

    class Meta:
        model = OpeningHours
        fields = ("tenant", "name", "time_zone", "holidays", "exceptions")

    def __init__(self, *args, instance=None, initial=None, **kwargs):
        weekly = instance.weekly if instance else {}
        given = {name: weekly.get(str(number), []) for number, name in enumerate(DAYS)}
        super().__init__(*args, instance=instance, initial={**given, **(initial or {})}, **kwargs)
        kept = [instance.time_zone] if instance and instance.time_zone not in zones() else []
        self.fields["time_zone"].choices = [(each, each) for each in (*kept, *zones())]  # type: ignore[attr-defined]

    def clean_holidays(self):
        place = self.cleaned_data["holidays"]
        try:
            if place:
                holidays_of(place)
        except LookupError as error:
            raise forms.ValidationError(_("No holidays are known of this place.")) from error
        except ImportError as error:
            raise forms.ValidationError(_("Holidays need the extra “holidays”, which is not installed.")) from error
        return place

    def clean(self):
        data = super().clean()
        weekly = {str(number): data.get(name) for number, name in enumerate(DAYS)}
        self.instance.weekly = {day: periods for day, periods in weekly.items() if periods}
        for day, refusal in refusals_of_nights(self.instance.weekly, "weekly"):
            self.add_error(DAYS[int(day)], said_by(refusal))
        for _day, refusal in refusals_of_nights(data.get("exceptions") or {}, "exceptions"):
            self.add_error("exceptions", said_by(refusal))
        return data


@admin.register(OpeningHours)
class OpeningHoursAdmin(TenantAdmin):
    form = HoursForm
    list_display = ("name", "tenant", "time_zone", "now_shown")
    list_select_related = ("tenant",)
    list_filter = (AnyTenantFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")
    readonly_fields = FOUND_OUT

    def get_fields(self, request, obj=None):
        if obj is None:
            return WRITTEN
        return (*(WRITTEN if self.has_change_permission(request, obj) else SHOWN), "now_shown", *USERS)

    def get_form(self, request, obj=None, change=False, **kwargs):
        is_written = obj is None or self.has_change_permission(request, obj)
        return super().get_form(request, obj, change, **kwargs, form=HoursForm if is_written else VerbForm)

    @admin.display(description=_("now"))
    def now_shown(self, hours):
        try:
            reckoned, now = hours.hours(), timezone.now()
        except ImportError:
            return _("Holidays need the extra “holidays”, which is not installed.")
        is_open, change = reckoned.is_open(now), reckoned.next_change(now)
        if change is None:
            return _("Open") if is_open else _("Closed")
        when = f"{date_format(change.astimezone(reckoned.zone), 'DATETIME_FORMAT')} ({reckoned.zone})"
        return (_("Open until %(when)s") if is_open else _("Closed until %(when)s")) % {"when": when}

    @admin.display(description=_("queues"))
    def queues_shown(self, hours):
        queues = hours.queues.order_by("name")
        links = ((linked(hours.read_by, Queue, page_of(Queue, each.pk), isolated(each.name)),) for each in queues)
        return format_html_join(", ", "{}", links) or "–"

    @admin.display(description=_("departments"))
    def departments_shown(self, hours):
        found = hours.departments.order_by("name")
        links = (
            (linked(hours.read_by, Department, page_of(Department, each.pk), isolated(each.name)),) for each in found
        )
        return format_html_join(", ", "{}", links) or "–"

    @admin.display(description=_("weekly hours"))
    def weekly_shown(self, hours):
        days = ((WEEKDAYS[day], periods_told(hours.weekly.get(str(day), []))) for day in range(7))
        return format_html_join("", "<div>{}: {}</div>", ((day, told or "–") for day, told in days))

    @admin.display(description=_("exceptions"))
    def exceptions_shown(self, hours):
        return exceptions_told(hours.exceptions) or "–"

    def save_model(self, request, obj, form, change):
        opening.save_hours(obj)

    def delete_model(self, request, obj):
        opening.delete_hours(obj)

    def get_deleted_objects(self, objs, request):
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        # What goes by them is not deleted with them: it is named as the reason, whoever may delete such.
        return found, counts, set() if protected else lacking, protected
