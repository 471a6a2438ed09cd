"""What is an agent good at, as the agent's page shows it, and how did that come about?"""

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from ..models import Agent, people
from ..queries import requirements
from ..queries import skills as known
from ..queries.list_addresses import TENANT
from . import skills_pages, words
from .skills_grid import AGENT
from .times import moment

CHANGES = 50  # the newest


class LevelsShown(admin.ModelAdmin):
    """Two fields of an agent's page."""

    @admin.display(description=_("skills and languages"))
    def levels(self, agent):
        of_skills = agent.skills.order_by("skill__name").values_list("skill__name", "level")
        of_languages = agent.languages.order_by("tag").values_list("tag", "level")
        shown = {
            "levels": [*of_skills, *((requirements.language_name(tag), level) for tag, level in of_languages)],
            "grid": _grid_of(agent) if skills_pages.may_see(agent.read_by) and not agent.released_at else "",
            "may_change": skills_pages.may_change(agent.read_by),
        }
        return render_to_string("admin/contactcenter_chat/agent/levels.html", shown)

    @admin.display(description=_("changes of levels"))
    def level_changes(self, agent):
        newest = known.history_of(agent)[: CHANGES + 1]
        changes = [
            {
                "moment": moment(change.at),
                "name": change.skill_name or requirements.language_name(change.language),
                "before": change.before,
                "after": change.after,
                "by": people.name_of(change.by) if change.by else "",
                "reason": words.level_reason(change.reason),
            }
            for change in newest
        ]
        shown = {"changes": changes[:CHANGES], "are_more": len(changes) > CHANGES, "most": CHANGES}
        return render_to_string("admin/contactcenter_chat/agent/level_changes.html", shown)


def _grid_of(agent: Agent) -> str:
    query = urlencode({TENANT: agent.tenant_id, AGENT: agent.pk})
    return f"{reverse('admin:contactcenter_chat_skill_grid')}?{query}"
