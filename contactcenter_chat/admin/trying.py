"""How does an administrator chat with a bot? By the rules of a real chat, and nothing is written.

It is a form like any other; a script sends it without loading the page anew. All that was said goes with the page.
"""

from dataclasses import asdict

from django import forms
from django.utils.translation import gettext_lazy as _

from ..conf import settings
from ..exceptions import ContactCenterError, Invalid
from ..models.conversations import Reason
from ..models.identity import IdentityLevel
from ..models.language_tags import TAG_MAX, checked_tag
from ..models.spells import Miss
from ..models.wrapup import label_of
from ..queries import articles
from ..simulation.trying import asking
from ..simulation.trying.state import HANDED_OVER, Dialogue
from ..storable import check_values
from . import trying_pages, words
from .names import said_by

KIND = "chat"
TURNS_SHOWN = 30
DATA_MOST, LINES_MOST = 4_000, 30


class AboutForm(forms.Form):
    """Who asks whom."""

    bot = trying_pages.BotField()
    language = forms.CharField(
        label=_("Language"), max_length=TAG_MAX, required=False, help_text=_("As “es” or “pt-BR”; empty: not known.")
    )
    identity = forms.ChoiceField(label=_("How sure it is who the customer is"), choices=IdentityLevel.choices)
    customer = forms.CharField(
        label=_("What is known of the customer"),
        max_length=DATA_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "name: Noor"}),
        help_text=_("A line for each, with a colon between name and value."),
    )

    def clean_language(self):
        tag = self.cleaned_data["language"]
        return _checked(checked_tag, tag) if tag else ""

    def clean_customer(self):
        lines = [line for line in self.cleaned_data["customer"].splitlines() if line.strip()]
        pairs = [line.partition(":") for line in lines]
        if len(lines) > LINES_MOST or not all(name.strip() and colon for name, colon, _value in pairs):
            raise forms.ValidationError(_("Write “name: value”, a line for each, at most 30."))
        data = {name.strip(): value.strip() for name, _colon, value in pairs}
        _checked(check_values, data, "customer")
        return data


def chat_view(model_admin, request):
    """Show the chat; begin one, or have the bot answer what was said."""
    tenant = trying_pages.center_or_404(request)
    if request.method != "POST":
        return _page(model_admin, request, tenant, AboutForm(initial=_usual(tenant)))
    held = trying_pages.read(request, tenant, KIND)
    if "begin" in request.POST:
        form = AboutForm(request.POST)
        held = {"dialogue": Dialogue(**form.cleaned_data).as_json(), "turns": []} if form.is_valid() else None
        return _page(model_admin, request, tenant, form, held)
    if held is None:
        form = AboutForm(initial=_usual(tenant))
        return _page(model_admin, request, tenant, form, error=_("This page is too old: begin anew."))
    error, held = _said(request, tenant, held)
    return _page(model_admin, request, tenant, _form_of(held), held, error)


def _said(request, tenant, held):
    """Have the bot answer; return why not, and what the page holds then."""
    dialogue = Dialogue.from_json(held["dialogue"])
    option, text = request.POST.get("option", ""), request.POST.get("text", "")
    chosen = int(option) if option.isdecimal() and len(option) < 3 else None
    said = dialogue.options[chosen]["title"] if chosen is not None and chosen < len(dialogue.options) else text.strip()
    place = asking.place_of(tenant, dialogue.bot, looks=True)
    try:
        answer = asking.ask(place, dialogue, said, chosen)
    except ContactCenterError as refusal:
        return said_by(refusal), held
    found = [{name: each[name] for name in ("id", "title", "score")} for each in answer.found]
    turn = {"number": held["turns"][-1]["number"] + 1 if held["turns"] else 1, "said": said}
    turns = [*held["turns"], {**turn, **asdict(answer), "found": found}][-TURNS_SHOWN:]
    return "", {"dialogue": dialogue.as_json(), "turns": turns}


def _page(model_admin, request, tenant, form, held=None, error=""):
    state = ""
    if held:
        try:
            state = trying_pages.sealed(request, tenant, KIND, held)
        except trying_pages.TooLong:
            error = _("This has become too long: begin anew.")
    shown = {
        "title": _("Chat with a bot"),
        "form": form,
        "error": error,
        "state": state,
        "turns": [_shown(turn) for turn in held["turns"]] if held else [],
        "dialogue": held["dialogue"] if held else None,
        "is_over": bool(held) and held["dialogue"]["over"] == HANDED_OVER,
        "text_most": settings.MESSAGE_MAX_LENGTH,
        "unsent": request.POST.get("text", "") if error else "",
        "languages": articles.languages_of(tenant.pk),
    }
    return trying_pages.answer(model_admin, request, "try", tenant, **shown)


def _shown(turn):
    """A turn as the template shows it, with what codes mean in words."""
    misses = [dict(Miss.choices).get(each, each) for each in turn["misses"]]
    handed, reasons = turn["handed_over"], dict(Reason.choices)
    answered = [{**each, "is_answer": each["id"] in turn["articles"]} for each in turn["found"]]
    reason = reasons.get(handed["reason"], handed["reason"]) if handed else ""
    calls = [{**each, "told": words.call_came(each["came"])} for each in turn["calls"]]
    lines = [
        {**line, "calls": [each for each in calls if each["after"] == at]} for at, line in enumerate(turn["lines"])
    ]
    code = label_of(turn["ended"] or "", turn["ended"] or "")
    shown = {"misses": misses, "found": answered, "reason": reason, "code": code, "thinks": round(turn["thinks"])}
    shown |= {"lines": lines, "last_calls": [each for each in calls if each["after"] == len(lines)]}
    return {**turn, **shown}


def _form_of(held):
    """The form that this dialogue was begun with."""
    dialogue = held["dialogue"]
    lines = [f"{name}: {value}" for name, value in dialogue["customer"].items()]
    return AboutForm(initial={**dialogue, "customer": "\n".join(lines)})


def _usual(tenant):
    return {"bot": trying_pages.usual_bot(tenant), "identity": IdentityLevel.NONE}


def _checked(check, *args):
    try:
        return check(*args)
    except Invalid as refusal:
        raise forms.ValidationError(said_by(refusal)) from refusal
