"""Who could take what now? For each queue, and each skill and language among its members: how many have it, how many
of these are there."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from ..models import Queue
from ..models.clock import database_now
from ..queries import requirements
from ..queries.queue_figures import queues_of
from ..queries.skills import coverage_of
from . import skills_pages
from .links import may
from .plan_fields import plan_told
from .queue_form import skill_names

QUEUES = 24  # on a page
PAGE = "queues"


def coverage_view(model_admin, request):
    """What is covered in a contact centre."""
    tenant = skills_pages.center_or_404(request)
    if not may(request, Queue):
        raise PermissionDenied
    queues = skills_pages.page_of(request, queues_of(tenant), QUEUES, PAGE, _("Queues"))
    now, names = database_now(), skill_names(tenant.pk)
    covered = [
        {
            "queue": each.queue,
            "plan": plan_told(each.queue, names),
            "agents": each.agents,
            "available": each.available,
            "skills": each.skills,
            "languages": [(requirements.language_name(cover.name), cover) for cover in each.languages],
        }
        for each in coverage_of(list(queues), now)
    ]
    pages = (queues,) if queues.has_other_pages() else ()
    shown = {"title": _("Coverage"), "covered": covered, "now": now, "pages": pages}
    return skills_pages.answer(model_admin, request, "coverage", tenant, **shown)
