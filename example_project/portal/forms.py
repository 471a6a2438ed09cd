"""What does a visitor tell us?"""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contactcenter_chat.storable import is_blank

TEXT_MAX_LENGTH = 4000
CLIENT_ID = re.compile("[0-9a-f]{8,24}")  # what the page's script calls a message, so that it arrives once


def something(text):
    """Refuse text of which nothing shows."""
    if is_blank(text):
        raise ValidationError(_("Please write something."), code="blank")


class StartForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        validators=[something],
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput({"autocomplete": "email"}))
    topic = forms.ChoiceField(label=_("What is it about?"))
    text = forms.CharField(
        label=_("Your question"),
        max_length=TEXT_MAX_LENGTH,
        validators=[something],
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *arguments, topics, **options):
        super().__init__(*arguments, **options)
        self.fields["topic"].choices = list(topics.items())

    def clean_text(self):
        return _with_plain_breaks(self.cleaned_data["text"])


class SayForm(forms.Form):
    text = forms.CharField(max_length=TEXT_MAX_LENGTH, required=False)
    client_id = forms.CharField(required=False)

    def clean_text(self):
        text = _with_plain_breaks(self.cleaned_data["text"])
        if not self.files:
            something(text)
        return text

    def clean_client_id(self):
        given = self.cleaned_data["client_id"]
        return given if CLIENT_ID.fullmatch(given) else ""

    @property
    def first_error(self):
        """What is wrong, in one sentence; empty when nothing is."""
        return next((error for errors in self.errors.values() for error in errors), "")


def _with_plain_breaks(text):
    """Browsers send each line break as two characters."""
    return text.replace("\r\n", "\n")
