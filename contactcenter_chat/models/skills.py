"""What is an agent good at? Skills and languages, each with a level, and how the levels came about."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import IdModel, LockingQuerySet
from .language_tags import TAG_MAX
from .queues import Agent
from .tenants import Tenant

LEVEL = (1, 5)  # least and most
IN_RANGE = models.Q(level__gte=LEVEL[0], level__lte=LEVEL[1])


class Skill(IdModel):
    """What agents of a contact centre may be good at."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="skills", db_index=False, verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=60)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="cc_skill_name")]

    def __str__(self) -> str:
        return self.name


class AgentSkill(models.Model):
    """How good an agent is at something. Who has no level has no row."""

    id = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="skills", db_index=False)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="agents")
    level = models.PositiveSmallIntegerField(
        _("level"), validators=[MinValueValidator(LEVEL[0]), MaxValueValidator(LEVEL[1])], help_text=_("5 is best.")
    )

    class Meta:
        verbose_name = _("skill of an agent")
        verbose_name_plural = _("skills of agents")
        constraints = [
            models.UniqueConstraint(fields=["agent", "skill"], name="cc_agent_skill_once"),
            models.CheckConstraint(condition=IN_RANGE, name="cc_agent_skill_level"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} · {self.skill} {self.level}"


class AgentLanguage(models.Model):
    """How well an agent speaks a language. ``tag`` is as BCP 47 writes it: ``pt-BR``."""

    id = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="languages", db_index=False)
    tag = models.CharField(_("language"), max_length=TAG_MAX)
    level = models.PositiveSmallIntegerField(
        _("level"), validators=[MinValueValidator(LEVEL[0]), MaxValueValidator(LEVEL[1])], help_text=_("5 is best.")
    )

    class Meta:
        verbose_name = _("language of an agent")
        verbose_name_plural = _("languages of agents")
        constraints = [
            models.UniqueConstraint(fields=["agent", "tag"], name="cc_agent_language_once"),
            models.CheckConstraint(condition=IN_RANGE, name="cc_agent_language_level"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} · {self.tag} {self.level}"


class LevelChange(models.Model):
    """One change of one level, kept: of a skill, with the name it had then, or of a language."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False, verbose_name=_("tenant"))
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="level_changes", db_index=False)
    skill = models.ForeignKey(Skill, models.SET_NULL, null=True, related_name="+")  # null when deleted since
    skill_name = models.CharField(_("skill"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=TAG_MAX, blank=True)
    before = models.PositiveSmallIntegerField(_("before"), null=True)  # null for none
    after = models.PositiveSmallIntegerField(_("after"), null=True)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")  # null: a program
    at = models.DateTimeField(_("when"))  # the database's time

    class Meta:
        verbose_name = _("change of a level")
        verbose_name_plural = _("changes of levels")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(skill_name="") ^ models.Q(language=""), name="cc_level_change_of_one"
            )
        ]
        indexes = [models.Index(fields=["agent", "-id"], name="cc_level_change_agent")]

    def __str__(self) -> str:
        return f"{self.agent} · {self.skill_name or self.language} {self.before} → {self.after}"
