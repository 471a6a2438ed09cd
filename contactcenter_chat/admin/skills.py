"""What may agents be good at, and who is? Skills; beside their list the grid of levels, and what is covered."""

from functools import partial

from django.contrib import admin
from django.db.models import Count, Q
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..actions.center import skills
from ..models import Skill
from . import skills_coverage, skills_grid, skills_pages
from .base import TenantAdmin
from .lists import AnyTenantFilter


@admin.register(Skill)
class SkillAdmin(TenantAdmin):
    list_display = ("name", "tenant", "agents_shown")
    list_select_related = ("tenant",)
    list_filter = (AnyTenantFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")
    fields = ("tenant", "name")
    change_list_template = "admin/contactcenter_chat/skill/list.html"

    def get_queryset(self, request):
        having = Count("agents", Q(agents__agent__released_at=None))
        return super().get_queryset(request).annotate(agent_count=having)

    @admin.display(description=_("agents"), ordering="agent_count")
    def agents_shown(self, skill):
        return skill.agent_count

    def changelist_view(self, request, extra_context=None):
        context = {"sees_levels": skills_pages.may_see(request), "query": skills_pages.query_of(request)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def save_model(self, request, obj, form, change):
        if change:
            saved = skills.rename_skill(skill=obj, name=obj.name)
        else:
            saved = skills.create_skill(tenant=obj.tenant, name=obj.name)
        obj.__dict__.update(saved.__dict__)

    def delete_model(self, request, obj):
        skills.delete_skill(skill=obj, by=request.user)

    def get_deleted_objects(self, objs, request):
        # How many lose it, since there may be hundreds.
        told = []
        for skill in objs:
            count = skill.agent_count
            told.append(skill)
            told.append([ngettext("%(count)d agent has it", "%(count)d agents have it", count) % {"count": count}])
        return told, {self.opts.verbose_name_plural: len(objs)}, set(), []

    def get_urls(self):
        view = self.admin_site.admin_view
        pages = (("grid", skills_grid.grid_view), ("coverage", skills_coverage.coverage_view))
        own = [
            path(f"{page}/", view(partial(answer, self)), name=f"contactcenter_chat_skill_{page}")
            for page, answer in pages
        ]
        return [*own, *super().get_urls()]
