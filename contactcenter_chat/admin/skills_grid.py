"""How are the levels of agents shown and saved? As a grid, agents down, skills and languages across: all or nothing.

It is a form with a number for each cell; a script adds that arrow keys move. What the cells held when the page was
made goes with it: nobody saves over what somebody else has changed meanwhile without having been told.
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.center.skills import ChangedMeanwhile, set_many
from ..exceptions import ContactCenterError, Invalid
from ..models import Agent, LevelChange, Skill, people
from ..models.base import max_length
from ..models.language_tags import TAG_MAX, checked_tag
from ..models.skills import LEVEL
from ..queries import requirements
from ..queries import skills as known
from ..queries.skills import Cell
from . import skills_pages
from .lists import asked
from .names import said_by, told
from .skills_form import Sent, carried, name_of

AGENTS, COLUMNS = 25, 15  # on a page; Django takes 1000 fields of a form
AGENT, SEARCH, LANGUAGE = "agent", "q", "language"  # what an address asks for
AGENTS_PAGE, COLUMNS_PAGE = "agents", "columns"
TOLD_MOST = 20  # cells with which something is wrong


@dataclass(frozen=True)
class Column:
    """A skill, or a language."""

    name: str
    skill_id: str = ""
    language: str = ""

    def of(self, agent):
        return Cell(agent.pk, self.skill_id, self.language)


@dataclass
class Grid:
    """What a page shows: agents and columns, and of a form that was sent what was typed and why it was not saved."""

    agents: list[Any]
    columns: list[Column]
    pages: tuple[Any, ...] = ()  # of agents and of columns, where there are more of them
    typed: dict[Cell, str] = field(default_factory=dict)
    seen: dict[Cell, int | None] = field(default_factory=dict)  # what stood there when it was typed
    wrong: set[Cell] = field(default_factory=set)
    errors: list[Any] = field(default_factory=list)
    reason: str = ""
    new_language: str = ""
    language_error: str = ""

    def labels(self):
        """What each cell of the page is called."""
        return {column.of(agent): f"{agent}, {column.name}" for agent in self.agents for column in self.columns}

    def add_column(self, tag):
        """Show this language, too."""
        if all(column.language != tag for column in self.columns):
            self.columns.append(_language(tag))


def grid_view(model_admin, request):
    """The levels of a contact centre's agents."""
    tenant = skills_pages.center_or_404(request)
    if request.method != "POST":
        return _page(model_admin, request, tenant, _asked(request, tenant))
    if not skills_pages.may_change(request):
        raise PermissionDenied
    sent = Sent(request.POST)
    grid = _sent(tenant, sent)
    if _takes_language(grid, sent) and not sent.only_adds and _is_saved(request, tenant, grid, sent):
        return HttpResponseRedirect(_address(request, sent))
    return _page(model_admin, request, tenant, grid)


# What is shown


def _asked(request, tenant):
    """The part of the grid that the address asks for."""
    columns = [*_skills(tenant), *map(_language, known.languages_of(tenant))]
    across = skills_pages.page_of(request, columns, COLUMNS, COLUMNS_PAGE, _("Skills and languages"))
    down = skills_pages.page_of(request, _agents(request, tenant), AGENTS, AGENTS_PAGE, _("Agents"))
    grid = Grid(list(down), list(across), tuple(page for page in (down, across) if page.has_other_pages()))
    for tag in request.GET.getlist(LANGUAGE):
        try:
            grid.add_column(checked_tag(tag))
        except Invalid as refusal:
            raise Http404 from refusal
    return grid


def _agents(request, tenant):
    agents = _in_order(Agent.objects.serving().filter(tenant=tenant))
    if pk := asked(request, AGENT):
        agents = agents.filter(pk=pk)
        if not agents.exists():
            raise Http404
    found, _may_repeat = admin.site.get_model_admin(Agent).get_search_results(request, agents, asked(request, SEARCH))
    return found


def _in_order(agents):
    return agents.select_related("user").order_by(*people.sort_fields("user"), "pk")


def _skills(tenant, **narrowed):
    skills = Skill.objects.filter(tenant=tenant, **narrowed).order_by("name", "pk")
    return [Column(skill.name, skill_id=skill.pk) for skill in skills]


def _language(tag):
    return Column(requirements.language_name(tag), language=tag)


def _page(model_admin, request, tenant, grid):
    now = known.levels_of([agent.pk for agent in grid.agents])
    held = {cell: now[cell.agent_id].at(cell) for cell in grid.labels()} | grid.seen
    shown = {
        "title": _("Levels of agents"),
        "grid": grid,
        "rows": [(agent, [_shown(grid, held, column, agent) for column in grid.columns]) for agent in grid.agents],
        "carried": carried(held),
        "may_change": skills_pages.may_change(request),
        "most": LEVEL[1],
        "reason_most": max_length(LevelChange, "reason"),
        "tag_most": TAG_MAX,
        "searched": asked(request, SEARCH),
        "narrowed": asked(request, SEARCH) or asked(request, AGENT),
    }
    return skills_pages.answer(model_admin, request, "grid", tenant, **shown)


def _shown(grid, held, column, agent):
    """A cell as the template shows it."""
    cell = column.of(agent)
    level = held[cell] or ""
    return {
        "name": name_of(cell),
        "label": f"{agent}, {column.name}",
        "held": level,
        "text": grid.typed.get(cell, level),
        "is_wrong": cell in grid.wrong,
    }


# What is saved


def _sent(tenant, sent):
    """What the form showed that was sent, as far as it is still there, with what was changed in it."""
    agents = Agent.objects.serving().filter(tenant=tenant, pk__in={cell.agent_id for cell in sent.typed})
    skills = _skills(tenant, pk__in={cell.skill_id for cell in sent.typed})
    tags = dict.fromkeys(cell.language for cell in sent.typed if cell.language)
    grid = Grid(list(_in_order(agents)), [*skills, *map(_language, tags)])
    there = grid.labels()
    grid.typed = {cell: text for cell, text in sent.changed.items() if cell in there}
    grid.seen = {cell: sent.seen[cell] for cell in grid.typed}
    grid.reason = sent.reason
    if lost := len(sent.changed) - len(grid.typed):
        grid.errors.append(
            ngettext(
                "%(count)d change was not saved: the agent or the skill is not there any more.",
                "%(count)d changes were not saved: the agents or the skills are not there any more.",
                lost,
            )
            % {"count": lost}
        )
    return grid


def _takes_language(grid, sent):
    """Show the language that somebody wants to add; whether it is one, or none is wanted."""
    if sent.new_language:
        try:
            grid.add_column(checked_tag(sent.new_language))
        except Invalid as refusal:
            grid.language_error, grid.new_language = said_by(refusal), sent.new_language
            grid.errors.append(format_html("{}: {}", _("Another language"), grid.language_error))
            return False
    return True


def _is_saved(request, tenant, grid, sent):
    """Whether all that was typed is saved; the page says why it is not."""
    labels = grid.labels()
    if grid.errors:
        return False
    if sent.wrong:
        grid.wrong = sent.wrong
        refusal = _("%(cell)s: a level is a whole number from %(least)s to %(most)s.")
        places = {"least": LEVEL[0], "most": LEVEL[1]}
        grid.errors += [told(refusal, cell=labels[cell], **places) for cell in labels if cell in sent.wrong][
            :TOLD_MOST
        ]
        return False
    try:
        changes = set_many(tenant=tenant, levels=sent.levels, seen=sent.seen, by=request.user, reason=sent.reason)
    except ChangedMeanwhile as meanwhile:
        _tell_meanwhile(grid, meanwhile)
        return False
    except ContactCenterError as refusal:
        grid.errors.append(said_by(refusal))
        return False
    count = len(changes)
    said = ngettext("%(count)d level was saved.", "%(count)d levels were saved.", count) % {"count": count}
    messages.success(request, said if count else _("Nothing was changed."))
    return True


def _tell_meanwhile(grid, refusal):
    """Say what the cells hold now that somebody else has changed, and have it saved over when it is sent once more."""
    levels = refusal.levels
    labels, changes = grid.labels(), known.last_changes(levels)
    grid.errors.append(said_by(refusal))
    for cell in [cell for cell in labels if cell in levels][:TOLD_MOST]:
        by = changes[cell].by if cell in changes else None
        places = {
            "cell": labels[cell],
            "theirs": levels[cell] or "–",
            "who": people.name_of(by) if by else _("Somebody"),
            "yours": grid.typed.get(cell) or "–",
        }
        grid.errors.append(told(_("%(cell)s: now %(theirs)s (%(who)s), yours %(yours)s."), **places))
    grid.errors.append(_("Save once more to have it your way, or open the page anew."))
    grid.wrong = {*levels}
    grid.seen = {cell: level for cell, level in grid.seen.items() if cell not in levels}


def _address(request, sent):
    """Where the page is that was saved, with the language that is to be added."""
    query = request.GET.copy()
    if sent.new_language:
        query.appendlist(LANGUAGE, checked_tag(sent.new_language))
    return f"{request.path}?{query.urlencode()}" if query else request.path
