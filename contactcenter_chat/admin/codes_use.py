"""How often was each code chosen in a period? A chart drawn here, and the same as a table."""

from datetime import datetime, time, timedelta

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..queries.codes import use_of
from .lists import FIRST_DAY, LAST_DAY

DAYS = 30  # unless a period is chosen

# The chart's measures, in its own units
LABEL_WIDTH, BAR_WIDTH, ROW, BAR = 260, 420, 28, 16
LABEL_MAX = 36  # characters that fit


class DayField(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_validators = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


class PeriodForm(forms.Form):
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("It ends before it begins."))
        return data


def use_view(model_admin, request, object_id):
    """The chart of a list's codes."""
    code_list = model_admin.list_or_404(request, object_id)
    today = timezone.localdate()
    asked = {"since": today - timedelta(days=DAYS - 1), "until": today, **request.GET.dict()}
    form = PeriodForm(asked)
    uses = _uses(code_list, form) if form.is_valid() else []
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Use of codes"),
        "code_list": code_list,
        "form": form,
        "uses": uses,
        "total": sum(use.own for use in uses),
        "chart": _chart(uses),
    }
    return TemplateResponse(request, "admin/contactcenter_chat/transactioncodelist/use.html", context)


def _uses(code_list, form):
    since, day_after = form.cleaned_data["since"], form.cleaned_data["until"] + timedelta(days=1)
    return use_of(code_list, _midnight(since), _midnight(day_after))


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def _chart(uses):
    """Where each bar and its words stand; bars are as long as their share of the longest."""
    most = max((use.count for use in uses), default=0)
    rows = [
        {
            "label": _short("    " * use.depth + use.code.label),
            "count": use.count,
            "y": ROW * number,
            "middle": ROW * number + ROW // 2,
            "bar_y": ROW * number + (ROW - BAR) // 2,
            "width": round(BAR_WIDTH * use.count / most, 1) if most else 0,
        }
        for number, use in enumerate(uses)
    ]
    for row in rows:
        row["count_x"] = LABEL_WIDTH + row["width"] + 8
    return {
        "rows": rows,
        "width": LABEL_WIDTH + BAR_WIDTH + 60,
        "height": ROW * max(len(rows), 1),
        "bar_x": LABEL_WIDTH,
        "bar_width": BAR_WIDTH,
        "bar_height": BAR,
    }


def _short(label):
    return label if len(label) <= LABEL_MAX else f"{label[: LABEL_MAX - 1]}…"
