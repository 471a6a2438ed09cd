"""What if somebody else has changed a row since its form was opened? They are told what, by whom, and decide.

A form carries a signed digest of each value that it was opened with; nothing is kept on the server in between. The row
is locked from before its values are compared until it is written, or its revision is compared once more then.
"""

import hashlib
from typing import cast

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from ..isolates import filled
from ..models import people

SEEN = "contactcenter_seen"  # the field of the page
SALT = "contactcenter_chat.admin.conflicts"
SHOWN = 80  # characters of a value


class KeepsOthersChanges(forms.ModelForm):
    """A form that is not saved over what somebody else has changed meanwhile, unless it is sent once more."""

    @property
    def carried(self):
        """The field of the page that says what the row holds now, and when that was; empty for a new row."""
        return "" if self.instance._state.adding else hidden(SEEN, self._digests())

    def clean(self):
        data = super().clean()
        if not self.instance._state.adding:
            self._check_others()
        return data

    def _check_others(self):
        seen = read(self.data.get(SEEN, ""))
        now = self._digests()
        changed = [name for name, digest in seen.get("values", {}).items() if now.get(name, digest) != digest]
        lines = [self._told(name) for name in changed if self._is_another(name)]
        if lines:
            self.add_error(None, all_told(self.instance, seen, lines))

    def _is_another(self, name):
        """Whether what was sent differs from what the row holds now."""
        return self.fields[name].has_changed(self.initial.get(name), self[name].data)

    def _told(self, name):
        field = self.fields[name]
        yours = self.cleaned_data.get(name, self[name].data)
        return told(field.label or name, field, self.initial.get(name), yours)

    def _digests(self):
        return {name: digest(self.initial.get(name)) for name in self.fields}


def hidden(name, digests):
    """A field of a page that is not shown: these digests, and that they are of now."""
    value = signing.dumps({"at": timezone.now().isoformat(), "values": digests}, salt=SALT)
    return forms.HiddenInput().render(name, value)


def told(label, field, theirs, yours):
    """Say what a field holds now, and what was sent."""
    return filled(
        _("%(field)s: now “%(theirs)s”, yours “%(yours)s”."),
        field=label,
        theirs=_shown(field, theirs),
        yours=_shown(field, yours),
    )


def all_told(row, seen, lines):
    """Return the errors of a form: who has changed the row since the page was opened, these lines, and what to do."""
    begin = filled(_("%(who)s has changed this since you opened it."), who=_who(row, seen["at"]))
    return [begin, *lines, _("Save once more to have it your way, or open the page anew.")]


def read(text):
    """What a page carried; nothing of one that carried nothing of ours."""
    try:
        return signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return {}


def digest(value):
    """What tells a value from others; rows are the same in any order."""
    if isinstance(value, (list, tuple)) and all(isinstance(each, models.Model) for each in value):
        value = sorted(str(row.pk) for row in value)
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def _shown(field, value):
    """A value as people read it: a choice by its words, rows by their names."""
    if shown := getattr(field, "shown", None):
        value = shown(value)
    elif isinstance(field, forms.ModelChoiceField):
        several = value if isinstance(value, list | tuple | QuerySet) else [value]
        keys = [key for each in several if (key := _key_of(field, each)) is not None]
        value = ", ".join(str(row) for row in cast(QuerySet, field.queryset).filter(pk__in=keys))
    elif choices := dict(getattr(field, "choices", ())):
        value = choices.get(value, value)
    elif isinstance(value, bool):
        value = _("Yes") if value else _("No")
    else:
        value = field.prepare_value(value)
    return Truncator("–" if value in (None, "") else str(value)).chars(SHOWN)


def _key_of(field, chosen):
    """The key of a chosen row; None where what was sent is none."""
    key = cast(QuerySet, field.queryset).model._meta.pk
    try:
        return key.to_python(getattr(chosen, "pk", chosen) or None)
    except forms.ValidationError:
        return None


def _who(row, since):
    """Who has changed a row in the admin since then."""
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        action_time__gte=parse_datetime(since),
    )
    last = entries.select_related("user").order_by("-action_time").first()
    return people.name_of(last.user) if last else _("Somebody")
