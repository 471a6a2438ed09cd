"""What does the form of a queue say: what it requires, when it is open, and where it passes on to?"""

from datetime import timedelta
from typing import cast

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..actions.center.plan_checks import warnings_of
from ..actions.center.texts import CLOSED, EMPTY, KINDS, OVERFLOW, WAITING
from ..models import Queue, Skill, clock
from ..models.queues import Unserved
from ..queries.estimates import accuracy
from ..queries.picking import picks_of
from .base import VerbForm
from .names import all_isolated, told
from .plan_fields import QueuesField, SkillsField, StepsField, TextsField, skills_told, step_told, texts_told

ESTIMATES_OF = timedelta(days=7)
SKILLS_NAMED = 30  # in the help of the field; more are looked up in their list
ONE_PER_LINE = _("One per line, such as “es: Hemos cerrado.” Empty: nothing is said.")
WITHOUT_FORM = ("requires", "steps", "overflow", "closed_text", "empty_text", "overflow_text", "waiting_text")
FIRST = (
    (None, {"fields": ("tenant", "name", "ring_seconds", "wrap_up_mode", "wrap_up_seconds")}),
)  # so that its contact centre is known
HOURS = (
    "hours",
    "when_closed",
    "closed_text",
    ("closed_target_seconds", "closed_target_percent"),
    "closing_seconds",
    "grace_seconds",
    "when_empty",
    "empty_text",
)
TARGETS = (
    ("target_seconds", "target_percent"),
    ("messaging_target_seconds", "messaging_target_percent"),
    ("mail_target_seconds", "mail_target_percent"),
)
FIELDSETS = (
    (None, {"fields": ("tenant", "name")}),
    (_("What it requires"), {"fields": ("requires", "language", "prefer")}),
    (_("Steps"), {"fields": ("steps",)}),
    (_("While waiting"), {"fields": ("waiting_text", "waiting_text_seconds", "estimates")}),
    (
        _("Pace of offers"),
        {"fields": ("distribution", *TARGETS, "priority", "ring_seconds", "offer_gap_seconds", "picks")},
    ),
    (_("Opening hours and overflow"), {"fields": (*HOURS, "max_wait_seconds", "overflow", "overflow_text")}),
    (_("Wrap-up"), {"fields": ("wrap_up_mode", "wrap_up_seconds")}),
)
ASSISTANT = (_("Assistant"), {"fields": ("assisted",)})  # where there is a model


def skill_names(tenant_id):
    """The names of a contact centre's skills, by their ids."""
    return dict(Skill.objects.filter(tenant=tenant_id).order_by("name").values_list("pk", "name"))


class QueueForm(VerbForm):
    """The form of a queue that is there."""

    requires = SkillsField(label=_("Skills required"), required=False, widget=forms.TextInput(attrs={"size": 60}))
    steps = StepsField(
        label=_("Steps"),
        required=False,
        help_text=_("Seconds of opening time in this queue. An empty cell means: as it was before."),
    )
    overflow = QueuesField(
        label=_("Passes on to"), required=False, help_text=_("The first that is open; each at most once.")
    )
    closed_text = TextsField(label=_("Text when closed"), required=False, help_text=ONE_PER_LINE)
    empty_text = TextsField(label=_("Text when nobody is there"), required=False, help_text=ONE_PER_LINE)
    overflow_text = TextsField(label=_("Text when it is passed on"), required=False, help_text=ONE_PER_LINE)
    waiting_text = TextsField(label=_("Text while waiting"), required=False, help_text=ONE_PER_LINE)

    def __init__(self, *args, instance, initial=None, **kwargs):
        overflow = list(instance.overflows.values_list("to", flat=True))
        texts = {f"{kind}_text": instance.texts.get(kind, {}) for kind in KINDS}
        given = {"overflow": overflow, **texts, **(initial or {})}
        super().__init__(*args, instance=instance, initial=given, **kwargs)
        skills = skill_names(instance.tenant_id)
        requires = cast(SkillsField, self.fields["requires"])
        requires.skills = cast(StepsField, self.fields["steps"]).skills = skills
        requires.help_text = _help(list(skills.values()))
        others = Queue.objects.filter(tenant=instance.tenant_id).exclude(pk=instance.pk).order_by("name")
        cast(QueuesField, self.fields["overflow"]).queues = dict(others.values_list("pk", "name"))

    def clean(self):
        data = super().clean()
        for field, kind in (("when_closed", CLOSED), ("when_empty", EMPTY)):
            missing = data.get(field) == Unserved.MESSAGE and not data.get(f"{kind}_text")
            if missing and f"{kind}_text" not in self.errors:
                self.add_error(f"{kind}_text", _("Write what the customer is told."))
            if data.get(field) == Unserved.OVERFLOW and "overflow" in data and not data["overflow"]:
                self.add_error(field, _("Choose a queue to pass it on to."))
        texts = {kind: data.get(f"{kind}_text") or {} for kind in KINDS}
        self.instance.texts = {kind: text for kind, text in {**self.instance.texts, **texts}.items() if text}
        return data


def _help(names):
    """How skills are written, and which there are."""
    how = _("Each with its least level from 1 to 5: “Fees 3, Visas 1”.")
    if not names:
        return how
    named = [*names[:SKILLS_NAMED], "…"] if len(names) > SKILLS_NAMED else names
    return format_html("{} {}", how, told(_("Skills: %(names)s."), names=named))


class PlanShown(admin.ModelAdmin):
    """The same for those who may look at a queue and not change it; and what of it is hardly meant."""

    readonly_fields = ("estimates", "picks", "warnings")

    @admin.display(description=_("look at this"))
    def warnings(self, queue):
        said = ((told(gettext(each.message), **each.places),) for each in warnings_of(queue))
        return format_html('<ul class="cc-warnings">{}</ul>', format_html_join("", "<li>{}</li>", said))

    @admin.display(description=_("estimates that came true"))
    def estimates(self, queue):
        inside, told = accuracy(queue, clock.now() - ESTIMATES_OF)
        return _("%(inside)s of %(told)s in the last seven days") % {"inside": inside, "told": told} if told else "–"

    @admin.display(description=_("picked past what was due before"))
    def picks(self, queue):
        found = picks_of(queue, clock.now() - ESTIMATES_OF)
        said = (
            (told(gettext("%(agent)s: %(skipping)s of %(picked)s in the last seven days"), **each._asdict()),)
            for each in found
        )
        return format_html('<ul class="cc-picks">{}</ul>', format_html_join("", "<li>{}</li>", said)) if found else "–"

    @admin.display(description=_("skills required"))
    def requires_shown(self, queue):
        return skills_told(queue.requires, skill_names(queue.tenant_id)) or "–"

    @admin.display(description=_("steps"))
    def steps_shown(self, queue):
        field = StepsField()
        field.skills = skill_names(queue.tenant_id)
        return "; ".join(step_told(row) for row in field.prepare_value(queue.steps)) or "–"

    @admin.display(description=_("passes on to"))
    def overflow_shown(self, queue):
        return all_isolated(queue.overflows.values_list("to__name", flat=True)) or "–"

    @admin.display(description=_("text when closed"))
    def closed_text_shown(self, queue):
        return texts_told(queue.texts.get(CLOSED, {})) or "–"

    @admin.display(description=_("text when nobody is there"))
    def empty_text_shown(self, queue):
        return texts_told(queue.texts.get(EMPTY, {})) or "–"

    @admin.display(description=_("text when it is passed on"))
    def overflow_text_shown(self, queue):
        return texts_told(queue.texts.get(OVERFLOW, {})) or "–"

    @admin.display(description=_("text while waiting"))
    def waiting_text_shown(self, queue):
        return texts_told(queue.texts.get(WAITING, {})) or "–"


def shown_names(fieldsets):
    """Fieldsets of what has a form of its own, as it is shown to those who may not change it."""
    return [
        (
            title,
            {**options, "fields": [f"{each}_shown" if each in WITHOUT_FORM else each for each in options["fields"]]},
        )
        for title, options in fieldsets
    ]
