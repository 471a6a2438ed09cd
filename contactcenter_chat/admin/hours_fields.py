"""How are opening hours typed in? Periods of a day as ``09:00-12:30, 13:30-17:00``, exceptions as a line a date."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..isolates import filled
from ..models.hours import BeginsAtEnd, IsEmpty, overlapping, read_period

CLOSED = pgettext_lazy("on that date", "closed")  # whatever language is read, this is understood in English too
CLOSED_ALWAYS = "closed"


def periods_told(periods):
    """Periods of a day as they are typed in."""
    return ", ".join(f"{start}-{end}" for start, end in periods)


def periods_read(text):
    """Return the periods that were typed, ``[["09:00", "12:30"]]``. Raises ValidationError."""
    periods = [_period_of(each) for each in text.split(",")] if text.strip() else []
    if two := overlapping(periods):
        told = filled(_("%(one)s and %(other)s overlap."), one=two[0], other=two[1])
        hint = _("Join them, or have one end before the other begins.")
        raise ValidationError(f"{told} {hint}")
    return periods


def _period_of(text):
    try:
        return read_period(text)
    except BeginsAtEnd as error:
        raise ValidationError(_("Nothing begins at 24:00; write 00:00 on the next day.")) from error
    except IsEmpty as error:
        raise ValidationError(_("A period does not end when it begins; a whole day is “00:00-24:00”.")) from error
    except ValueError as error:  # of a time that there is not, too
        raise ValidationError(_("Write periods as “09:00-12:30, 13:30-17:00”.")) from error


class PeriodsField(forms.CharField):
    """The periods of a day; none for closed."""

    widget = forms.TextInput(attrs={"size": 40})

    def prepare_value(self, value):
        return periods_told(value) if isinstance(value, list) else value

    def to_python(self, value):
        return periods_read(value or "")


def exceptions_told(exceptions):
    """Exceptions as they are typed in, by date."""
    return "\n".join(f"{day} {periods_told(periods) or CLOSED}" for day, periods in sorted(exceptions.items()))


class ExceptionsField(forms.CharField):
    """Exceptions, one per line: ``2026-12-24 09:00-12:00``, ``2026-12-31 closed``."""

    widget = forms.Textarea(attrs={"rows": 6, "cols": 40})

    def prepare_value(self, value):
        return exceptions_told(value) if isinstance(value, dict) else value

    def to_python(self, value):
        exceptions: dict[str, list[list[str]]] = {}
        for number, line in enumerate((value or "").splitlines(), start=1):
            try:
                self._read(line.strip(), exceptions)
            except ValidationError as error:
                told = _("Line %(number)s: %(error)s") % {"number": number, "error": error.messages[0]}
                raise ValidationError(told) from error
        return exceptions

    def _read(self, line, exceptions):
        if not line:
            return
        day, _blank, rest = line.partition(" ")
        try:
            day = date.fromisoformat(day).isoformat()
        except ValueError as error:
            raise ValidationError(_("Begin with a date such as 2026-12-24.")) from error
        if day in exceptions:
            raise ValidationError(filled(_("%(day)s is there twice."), day=day))
        is_closed = rest.strip().lower() in (CLOSED_ALWAYS, str(CLOSED).lower())
        if not (is_closed or rest.strip()):
            raise ValidationError(_("Write periods after the date, or “closed”."))
        exceptions[day] = [] if is_closed else periods_read(rest)
