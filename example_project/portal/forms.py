"""What does a visitor tell us?"""

from django import forms
from django.utils.translation import gettext_lazy as _

TEXT_MAX_LENGTH = 4000


class StartForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput({"autocomplete": "email"}))
    topic = forms.ChoiceField(label=_("What is it about?"))
    text = forms.CharField(label=_("Your question"), max_length=TEXT_MAX_LENGTH, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *arguments, topics, **options):
        super().__init__(*arguments, **options)
        self.fields["topic"].choices = list(topics.items())


class SayForm(forms.Form):
    text = forms.CharField(max_length=TEXT_MAX_LENGTH, required=False)
