"""How are skills, steps, other queues and texts typed in? As a line, as rows, as rows, and as lines."""

import re
from collections.abc import Mapping
from itertools import count, takewhile
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from ..exceptions import Invalid
from ..isolates import as_html, filled, isolated
from ..models.language_tags import checked_tag
from ..models.queues import STEPS_MOST, LanguageRule
from ..models.skills import LEVEL
from .names import said_by

NAMED = {"least": LEVEL[0], "most": LEVEL[1]}
FREE_ROWS = 2  # of other queues, below those that are chosen
ASKED = {"yes": True, "no": False}
ASKED_CHOICES = (("yes", _("Yes")), ("no", _("No")))


def skills_told(required, names):
    """Skills with their levels as they are typed in; ``names`` are by ids."""
    told = sorted((names.get(pk, pk), level) for pk, level in required.items())
    return ", ".join(f"{name} {level}" for name, level in told)


def skills_read(text, names):
    """Return {id: level} of what was typed. Raises ValidationError. A name may have commas and digits in it."""
    exact = {name: pk for pk, name in names.items()}
    folded = {name.lower(): pk for name, pk in exact.items()}
    known = "|".join(re.escape(name) for name in sorted(exact, key=len, reverse=True)) or "(?!)"
    piece = re.compile(rf"[\s,]*({known})[\s:]+([0-9]{{1,9}})\s*(?:,|$)", re.IGNORECASE)
    found: dict[str, int] = {}
    at = 0
    while text[at:].strip(" ,"):
        match = piece.match(text, at)
        if match is None:
            raise ValidationError(_not_read(text[at:].strip(" ,").partition(",")[0].strip(), exact, folded))
        name, level, at = match[1], int(match[2]), match.end()
        pk = exact.get(name) or folded.get(name.lower(), "")
        if pk in found:
            raise ValidationError(filled(_("%(skill)s is named twice."), skill=name))
        if not LEVEL[0] <= level <= LEVEL[1]:
            raise ValidationError(_("A level is a whole number from %(least)s to %(most)s.") % NAMED)
        found[pk] = level
    return found


def _not_read(piece, exact, folded):
    name = re.sub(r"[\s:]+\S*[0-9]\S*$", "", piece)
    if name in exact or name.lower() in folded:
        return _("Write each skill with its least level: “Fees 3, Visas 1”.")
    return filled(_("There is no skill “%(skill)s” here."), skill=name)


class SkillsField(forms.CharField):
    """Skills with their least levels: ``Fees 3, Visas 1``. The form says which ``skills`` there are, names by ids."""

    skills: Mapping[str, str] = {}

    def prepare_value(self, value):
        return skills_told(value, self.skills) if isinstance(value, Mapping) else value

    def to_python(self, value):
        return skills_read(value or "", self.skills)


class Row(NamedTuple):
    """A step as it is typed in."""

    after: str = ""
    skills: str = ""
    no_skills: str = ""
    language: str = ""
    asked: str = ""


class CellError(ValidationError):
    """What is wrong with one cell of a row."""

    def __init__(self, cell: str, *args: Any) -> None:
        super().__init__(*args)
        self.cell = cell


class StepsWidget(forms.Widget):
    use_fieldset = True
    wrong: Mapping[int, Mapping[str, str]] = {}  # what is wrong, by the step's number and the cell

    def value_from_datadict(self, data, files, name):
        cells = ([f"{name}-{number}-{cell}" for cell in Row._fields] for number in range(STEPS_MOST))
        return [Row(*(data.get(cell, "").strip() for cell in row)) for row in cells]

    def value_omitted_from_data(self, data, files, name):
        return not any(each.startswith(f"{name}-") for each in data)

    def id_for_label(self, id_):
        return ""

    def render(self, name, value, attrs=None, renderer=None):
        rows = [*value, *[Row()] * STEPS_MOST][: max(STEPS_MOST, len(value))]
        used = max((number for number, row in enumerate(rows, start=1) if any(row)), default=0)
        numbered = [
            (number, f"{name}-{number - 1}", row, self.wrong.get(number, {}))
            for number, row in enumerate(rows, start=1)
        ]
        told = {key: text for key, text in (attrs or {}).items() if key.startswith("aria-")}
        if self.wrong:  # the cells say it
            told.pop("aria-invalid", None)
        shown = {
            "shown": numbered[: used + 1],
            "more": numbered[used + 1 :],
            "languages": LanguageRule.choices,
            "asked": ASKED_CHOICES,
            "attrs": told,
        }
        return render_to_string("admin/contactcenter_chat/queue/steps.html", shown)


class StepsField(forms.Field):
    """What a queue requires later. The form says which ``skills`` there are, names by ids."""

    widget = StepsWidget
    skills: Mapping[str, str] = {}

    def prepare_value(self, value):
        return [row if isinstance(row, Row) else self._row_of(row) for row in value or []]

    def _row_of(self, step: Mapping[str, Any]) -> Row:
        requires, asked = step.get("requires"), step.get("asked")
        return Row(
            after=str(step["after"]),
            skills=skills_told(requires or {}, self.skills),
            no_skills="on" if requires == {} else "",
            language=step.get("language") or "",
            asked="" if asked is None else next(word for word, yes in ASKED.items() if yes == asked),
        )

    def has_changed(self, initial, data):
        return self.prepare_value(initial) != [row for row in data or [] if any(row)]

    def shown(self, value):
        """Steps as people read them."""
        return "; ".join(step_told(row) for row in self.prepare_value(value) if any(row))

    def clean(self, value):
        steps, wrong, before = [], {}, 0
        for number, row in enumerate(value or [], start=1):
            try:
                steps += [self._step_of(row)] if any(row) else []
            except CellError as error:
                wrong[number] = {error.cell: error.messages[0]}
                continue
            if any(row) and steps[-1]["after"] <= before:  # which the verb refuses: here it is shown where
                self.widget.wrong = {number: {"after": str(_("Each step comes later than the one before."))}}
            before = steps[-1]["after"] if steps else 0
        if wrong:
            self.widget.wrong = wrong
            told = _("Step %(number)s: %(error)s")
            raise ValidationError(
                [told % {"number": at, "error": each} for at, cells in wrong.items() for each in cells.values()]
            )
        return steps

    def _step_of(self, row):
        if not re.fullmatch("[0-9]{1,6}", row.after):
            raise CellError("after", _("Write after how many seconds it holds."))
        if row.skills and row.no_skills:
            raise CellError("skills", _("Write skills, or tick that there are none."))
        step: dict[str, Any] = {"after": int(row.after)}
        if row.skills or row.no_skills:
            try:
                step["requires"] = skills_read(row.skills, self.skills)
            except ValidationError as error:
                raise CellError("skills", error.messages[0]) from error
        if row.language:
            step["language"] = row.language
        if row.asked in ASKED:
            step["asked"] = ASKED[row.asked]
        return step


def step_told(row):
    """A step in words."""
    parts = [_("after %(seconds)s seconds") % {"seconds": row.after}]
    if row.skills or row.no_skills:
        parts.append(row.skills or str(_("no skills")))
    if row.language:
        rule = dict(LanguageRule.choices).get(row.language, row.language)
        parts.append(_("language: %(rule)s") % {"rule": rule})
    if row.asked:
        answer = dict(ASKED_CHOICES).get(row.asked, row.asked)
        parts.append(_("what the client asked for: %(answer)s") % {"answer": answer})
    return ", ".join(parts)


def plan_told(queue, names):
    """What a queue requires at first, and each of its steps, in words: as HTML."""
    field = StepsField()
    field.skills = {pk: isolated(name) for pk, name in names.items()}
    language = _("language: %(rule)s") % {"rule": queue.get_language_display()}
    skills = skills_told(queue.requires, field.skills) or str(_("no skills"))
    return [as_html(each) for each in (f"{skills}, {language}", *map(step_told, field.prepare_value(queue.steps)))]


class QueuesWidget(forms.Widget):
    use_fieldset = True
    choices: Mapping[str, str] = {}

    def value_from_datadict(self, data, files, name):
        sent = takewhile(data.__contains__, (f"{name}-{number}" for number in count()))
        return [pk for each in sent if (pk := data[each])]

    def value_omitted_from_data(self, data, files, name):
        return f"{name}-0" not in data

    def id_for_label(self, id_):
        return ""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = list(value or ())
        rows = [*chosen, *[""] * max(FREE_ROWS, 3 - len(chosen))]
        shown = {
            "rows": [(number, f"{name}-{number - 1}", pk) for number, pk in enumerate(rows, start=1)],
            "choices": self.choices.items(),
            "attrs": {key: text for key, text in (attrs or {}).items() if key.startswith("aria-")},
        }
        return render_to_string("admin/contactcenter_chat/queue/overflow.html", shown)


class QueuesField(forms.Field):
    """Other queues in an order. The form says which ``queues`` there are, names by ids."""

    widget = QueuesWidget

    @property
    def queues(self):
        return self.widget.choices

    @queues.setter
    def queues(self, queues):
        self.widget.choices = queues

    def has_changed(self, initial, data):
        return list(initial or ()) != list(data or ())

    def shown(self, value):
        """The queues as people read them."""
        return ", ".join(self.queues.get(pk, pk) for pk in value or ())

    def clean(self, value):
        if any(pk not in self.queues for pk in value or ()):
            raise ValidationError(_("There is no such queue."))
        return list(value or ())


def texts_told(texts):
    """Texts by language as they are typed in; a line that goes on begins with a blank."""
    return "\n".join(f"{tag}: " + "\n ".join(text.splitlines()) for tag, text in texts.items())


class TextsField(forms.CharField):
    """What a customer is told, by language: ``es: Hemos cerrado.`` A line that begins with a blank goes on."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 60})

    def prepare_value(self, value):
        return texts_told(value) if isinstance(value, Mapping) else value

    def to_python(self, value):
        texts: dict[str, str] = {}
        tag = ""
        for line in filter(str.strip, (value or "").splitlines()):
            if line[0].isspace() and tag:
                texts[tag] += f"\n{line.strip()}"
                continue
            language, colon, text = (part.strip() for part in line.partition(":"))
            if not (language and colon and text):
                raise ValidationError(_("One per line, such as “es: Hemos cerrado.”"))
            try:
                tag = checked_tag(language)
            except Invalid as refusal:
                raise ValidationError(said_by(refusal)) from refusal
            if tag in texts:
                raise ValidationError(filled(_("%(language)s is there twice."), language=tag))
            texts[tag] = text
        return texts
