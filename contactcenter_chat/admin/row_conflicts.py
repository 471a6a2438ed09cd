"""What if somebody else has changed, added or removed rows below a form? They are told as its fields are.

What was sent is laid upon what is there now: a row that is gone is a new one, one that both have added is the same,
and one that was added meanwhile is shown to be removed. So the page, sent once more, is what its reader wanted.
"""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import QueryDict

from . import conflicts


class KeepsOthersRows(forms.BaseInlineFormSet):
    """Rows that are not saved over what somebody else has changed meanwhile, unless they are sent once more."""

    told_by = ""  # the field, a row of another model or a word, that tells the rows from each other

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Values, since checking the forms writes what was sent into the rows.
        rows = self.get_queryset()
        self.now = {str(row.serializable_value(self.told_by)): _values(row, self._names()) for row in rows}
        self.keys = {key: str(row.pk) for key, row in zip(self.now, rows, strict=True)}
        self.seen = conflicts.read(self.data.get(self._seen_name(), "")) if self.is_bound else {}
        if self.seen:
            self._lay_upon_now()

    @property
    def carried(self):
        """The field of the page that says what the rows hold now, and when that was."""
        return conflicts.hidden(self._seen_name(), self._digests())

    def clean(self):
        super().clean()
        was, now, sent = self.seen.get("values", {}), self._digests(), self._sent()
        changed = [key for key in {**now, **was} if now.get(key) != was.get(key)] if self.seen else []
        told = [line for key in changed for line in self._told(key, sent.get(key))]
        if told:
            raise ValidationError(conflicts.all_told(self.instance, self.seen, told))

    def _told(self, key, form):
        """A line for each field of which what was sent differs from what is there now."""
        row = self.now.get(key)
        if (row or form) is None or (form is None and not self.can_delete):
            return
        who = self._who(key)
        for name in self._names():
            field = (form or self.empty_form).fields[name]
            theirs, yours = row and row[name], form and form[name].data
            if None in (row, form) or field.has_changed(theirs, yours):
                yield conflicts.told(f"{who}, {field.label}", field, theirs, yours)

    def _who(self, key):
        other = cast(Any, self.model)._meta.get_field(self.told_by).related_model
        return other._base_manager.filter(pk=key).first() if other else key

    def _names(self):
        return [name for name in self.form.base_fields if name != self.told_by]

    def _digests(self):
        return {
            key: {name: conflicts.digest(value) for name, value in values.items()} for key, values in self.now.items()
        }

    def _sent(self):
        """The forms that were sent and are to stay, by whom they tell of."""
        kept = (form for form in self.forms if not (self.can_delete and form.cleaned_data.get(DELETION_FIELD_NAME)))
        return {str(form[self.told_by].data or ""): form for form in kept}

    def _lay_upon_now(self):
        """Put what was sent in order anew: first the rows that are there now, then those that are to be added."""
        pk_name, rows = cast(Any, self.model)._meta.pk.name, self._rows_sent()
        taken = {row.get(pk_name) for row in rows}.intersection(self.keys.values())
        for row in rows:
            if row.get(pk_name) not in self.keys.values():
                same = self.keys.get(row.get(self.told_by, ""), "")
                row[pk_name] = "" if same in taken else same
                taken.add(row[pk_name])
        for key, pk in self.keys.items():
            if key not in self.seen["values"] and pk not in taken and self.can_delete:
                rows.append({pk_name: pk, self.told_by: key, **self.now[key], DELETION_FIELD_NAME: "on"})
        order = list(self.keys.values())  # in which the admin goes through them
        there = sorted((row for row in rows if row[pk_name]), key=lambda row: order.index(row[pk_name]))
        self._send(there, [row for row in rows if not row[pk_name]])

    def _rows_sent(self):
        """What was sent of each row, in its order."""
        rows: dict[str, dict[str, Any]] = {f"{self.prefix}-{number}": {} for number in range(self.total_form_count())}
        for name in self.data:
            row, _dash, field = name.rpartition("-")
            if row in rows:
                rows[row][field] = self.data[name]
        return list(rows.values())

    def _send(self, there, new):
        data = cast(QueryDict, self.data).copy()
        for number, row in enumerate([*there, *new]):
            for name in {*row, DELETION_FIELD_NAME}:
                data[f"{self.prefix}-{number}-{name}"] = row.get(name, "")
        data[f"{self.prefix}-{TOTAL_FORM_COUNT}"] = str(len(there) + len(new))
        data[f"{self.prefix}-{INITIAL_FORM_COUNT}"] = str(len(there))
        self.data = data
        del self.management_form  # read anew

    def _seen_name(self):
        return f"{conflicts.SEEN}-{self.prefix}"


def _values(row, names):
    return {name: row.serializable_value(name) for name in names}
