"""How is a file applied? It is compared with what is there, and what differs is done by the verbs, in one transaction.

A plan alone is the same, taken back in the end: so a plan says what the verbs would refuse, too. Two at once go one
after the other, since each holds the contact centre's row. What is to be changed is locked, and compared once more.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ....database import atomic
from ....exceptions import Conflict, ContactCenterError
from ....models import Agent, Article, Queue, Skill, Tenant, people
from ...center import agents, departments, queues, skills
from ...center.skills import Cell
from ..tenants import create_empty_tenant, update_tenant
from ..users import make_user
from . import entries
from .comparing import ORDER, Change, Plan, compare
from .entries import Rows
from .faults import Fault, FileRefused
from .reading import CentreFile, read_file
from .removing import levels_taken, remove
from .standing import Standing, standing_of

REASON = "centre_file"  # of levels that a file has given


class Users(Enum):
    """Who may become an agent by a file."""

    AGENTS = "agents"  # nobody who is none yet
    KNOWN = "known"  # users who are there
    MADE = "made"  # and those who are made for it


class PlanChanged(Conflict):
    """What is there was changed meanwhile: look at the plan once more."""


@dataclass
class Options:
    """How a file is to be applied.

    Args:
        users: Who may become an agent.
        prune: Whether to remove what the file does not name, within the sections that it names.
        dry_run: Whether to take all of it back in the end, so that there is a plan and nothing else.
        by: Whose decision it was; None for a program's.
    """

    users: Users = Users.KNOWN
    prune: bool = False
    dry_run: bool = False
    by: AbstractBaseUser | None = None


class TakenBack(Exception):
    """Takes back what was done to find out what it would do."""


def apply_file(content: bytes, *, tenant: Tenant, options: Options | None = None, expected: str | None = None) -> Plan:
    """Have a contact centre be as a file (bytes) says, all or nothing; return what was done.

    ``expected`` is the fingerprint of a plan that somebody has looked at.

    Raises FileRefused with all that is wrong, PlanChanged when there is another plan by now, Unavailable without the
    extra ``centre``.
    """
    return apply_read(read_file(content), tenant=tenant, options=options, expected=expected)


def apply_read(
    file: CentreFile, *, tenant: Tenant, options: Options | None = None, expected: str | None = None
) -> Plan:
    """The same for what was read of a file, or of something else that says the same."""
    options = options or Options()
    if file.faults.is_full:
        raise FileRefused(file.faults)
    with _perhaps_taken_back(options.dry_run):
        tenant = _locked(tenant, file)
        standing = standing_of(tenant)
        plan, faults = compare(file, standing, tenant, prune=options.prune)
        file.faults.fill(faults)
        work = Work(file, standing, plan, Rows(tenant), options, [*file.faults])
        work.check_users()
        work.stop_at_faults()
        if not plan.is_empty:
            work.do()
            work.stop_at_faults()
        if expected is not None and plan.fingerprint != expected:
            raise PlanChanged(gettext_noop("What is there was changed meanwhile: look at the plan once more."))
    return plan


def apply_to_new(content: bytes, *, label: str, options: Options | None = None) -> Plan:
    """Make a contact centre as a file says; without a queue or an API key but those of the file.

    Where there is one with this label by now, it is that. Raises as ``apply_file``.
    """
    options = options or Options()
    with _perhaps_taken_back(options.dry_run):
        made = None if Tenant.objects.filter(label=label).exists() else _made(content, label)
        tenant = made or Tenant.objects.get(label=label)
        plan = apply_file(content, tenant=tenant, options=options)
        if made:
            plan.made.insert(0, Change(("centre", label)))
    return plan


@contextmanager
def _perhaps_taken_back(dry_run: bool) -> Iterator[None]:
    try:
        with atomic():
            yield
            if dry_run:
                raise TakenBack
    except TakenBack:
        pass


def _made(content: bytes, label: str) -> Tenant | None:
    """The contact centre, made; None when somebody else was faster."""
    name = read_file(content).values.get("centre", {}).get("name", "")
    try:
        return create_empty_tenant(label=label, name=name)
    except Conflict:
        return None


def _locked(tenant: Tenant, file: CentreFile) -> Tenant:
    """One file after the other; and nobody else writes what the file names, between reading and writing it."""
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    values = file.values
    logins = {*values.get("agents", {})}.union(*(new.get("members", {}) for new in values.get("queues", {}).values()))
    grouped = (new.get("queues", ()) for new in values.get("departments", {}).values())
    queues = {*values.get("queues", {})}.union(*grouped)
    known = {f"user__{people.log_in_field()}__in": logins}
    articles = Article.objects.filter(tenant=tenant, source="") if "articles" in values else Article.objects.none()
    for rows in (
        Queue.objects.locked().filter(tenant=tenant, name__in=queues),
        Skill.objects.locked().filter(tenant=tenant),
        Agent.objects.locked().filter(tenant=tenant, **known),
        articles.select_for_update(of=("self",), no_key=True),
    ):
        list(rows.order_by("pk").values_list("pk"))
    return tenant


@dataclass
class Work:
    """A file that is being applied."""

    file: CentreFile
    standing: Standing
    plan: Plan
    rows: Rows
    options: Options
    faults: list[Fault]
    users: dict[str, AbstractBaseUser] = field(default_factory=dict)  # who become agents and are there

    def stop_at_faults(self) -> None:
        """Raise FileRefused when something is wrong."""
        if self.faults:
            raise FileRefused(self.faults)

    def values(self, *path: Any) -> Any:
        """What the file says at a place."""
        values: Any = self.file.values
        for each in path:
            values = values.get(each, {})
        return values

    def touched(self, section: str) -> list[Any]:
        """The names of a section's entries that are made or changed, in the order of the file."""
        paths = {change.path[1]: None for change in (*self.plan.made, *self.plan.changed) if change.path[0] == section}
        return [name for name in self.values(section) if name in paths]

    @contextmanager
    def at(self, *path: Any) -> Iterator[None]:
        """What a verb refuses in here is a fault at that place; what it did so far is taken back."""
        try:
            with atomic():
                yield
        except ContactCenterError as refusal:
            hint = _("Change it, or leave it out.")
            self.faults.append(Fault(self.file.line(path), path, refusal.translated, hint))

    # Who become agents

    def check_users(self) -> None:
        """Complain of those who are to be agents and cannot be."""
        new = [name for name in self.values("agents") if name not in self.standing.values["agents"]]
        login = people.log_in_field()
        found = get_user_model()._default_manager.filter(**{f"{login}__in": new}) if new else ()
        self.users = {str(getattr(user, login)): user for user in found}
        keys = [user.pk for user in self.users.values()]
        elsewhere = set(Agent.objects.serving().filter(user__in=keys).values_list("user", flat=True))
        for name in new:
            if complaint := self._complaint(self.users.get(name), elsewhere):
                path = ("agents", name)
                self.faults.append(Fault(self.file.line(path), path, *complaint))

    def _complaint(self, user: AbstractBaseUser | None, elsewhere: set[Any]) -> tuple[str, str] | None:
        if self.options.users is Users.AGENTS:  # who else there is, is nobody's business here
            return _("This user is no agent here yet."), _("Make the agent first; here nobody becomes one.")
        if user is not None and user.pk in elsewhere:
            told = _("This user is an agent of another contact centre.")
            return told, _("Release the agent there first, or leave it out.")
        if user is None and self.options.users is Users.KNOWN:
            return _("There is no such user."), _("Make the user first, or let users be made (--create-users).")
        return None

    # In the order in which one needs the other

    def do(self) -> None:
        """Do what the plan says; what is refused is added to the faults."""
        self._centre()
        for name in self.touched("skills"):
            with self.at("skills", name):
                skills.create_skill(tenant=self.rows.tenant, name=name)
        self._agents()
        for name in self.touched("hours"):
            with self.at("hours", name):
                entries.write_hours(self.rows, name, self.values("hours", name))
        self.stop_at_faults()  # what follows needs them
        self._queues()
        self._departments()
        self._codes()
        for key in self.touched("prepared_responses"):
            with self.at("prepared_responses", key):
                entries.write_response(self.rows, key, self.values("prepared_responses", key))
        for key in self.touched("articles"):
            with self.at("articles", key):
                entries.write_article(self.rows, key, self.values("articles", key))
        for name in self.touched("channels"):
            with self.at("channels", name):
                entries.write_channel(self.rows, name, self.values("channels", name))
        if not self.faults:
            remove(self.rows, self.plan, self.options.by)

    def _centre(self) -> None:
        if any(change.path[0] == "centre" for change in self.plan.changed):
            with self.at("centre", "name"):
                update_tenant(self.rows.tenant, name=self.values("centre", "name"))

    def _agents(self) -> None:
        cells: dict[Cell, int | None] = {}
        for name in self.touched("agents"):
            with self.at("agents", name):
                self._agent(name, self.values("agents", name), cells)
        for _section, name, key, which in levels_taken(self.plan.removed):
            cells[self._cell(name, key, which)] = None
        if cells:
            with self.at("agents"):
                by = self.options.by
                skills.set_many(tenant=self.rows.tenant, levels=cells, by=by, reason=REASON)

    def _agent(self, name: str, new: Mapping[str, Any], cells: dict[Cell, int | None]) -> None:
        agent = self.rows.agents.get(name)
        if agent is None:
            user = self.users.get(name) or make_user(name)
            agent = agents.create_agent(tenant=self.rows.tenant, user=user, capacity=new.get("capacity"))
            self.rows.agents[name] = agent
        elif new.get("capacity", agent.capacity) != agent.capacity:
            queues.set_capacity(agent_id=agent.pk, capacity=new["capacity"])
        for key in ("skills", "languages"):
            for which, level in new.get(key, {}).items():
                cells[self._cell(name, key, which)] = level

    def _cell(self, name: str, key: str, which: str) -> Cell:
        agent = self.rows.agents[name]
        return Cell(agent.pk, self.rows.skills[which].pk) if key == "skills" else Cell(agent.pk, language=which)

    def _queues(self) -> None:
        for name in self.touched("queues"):
            with self.at("queues", name):
                entries.write_queue(self.rows, name, self.values("queues", name))
        self.stop_at_faults()  # what follows needs them
        for name in self.touched("queues"):
            new, there = self.values("queues", name), self.standing.values["queues"].get(name, {})
            if any(key in new and new[key] != there.get(key) for key in ("overflow", *entries.PASSES_ON)):
                with self.at("queues", name, *(["overflow"] if "overflow" in new else [])):
                    entries.write_overflow(self.rows, name, new)
            for login, level in sorted(new.get("members", {}).items()):
                if there.get("members", {}).get(login) != level:
                    with self.at("queues", name, "members", login):
                        entries.write_member(self.rows, name, login, level)

    def _departments(self) -> None:
        """Those that change, or go, let go of their queues first: one may get what another had."""
        touched, there = self.touched("departments"), self.standing.values["departments"]
        going = [change.path[1] for change in self.plan.removed if change.path[0] == "departments"]
        known = self.rows.departments
        departments.clear_queues([known[name] for name in (*touched, *going) if name in known])
        for name in touched:
            with self.at("departments", name):
                usual = {"hours": None, "supervisors": [], **there.get(name, {})}
                entries.write_department(self.rows, name, {**usual, **self.values("departments", name)})

    def _codes(self) -> None:
        for name in self.touched("codes"):
            with self.at("codes", name):
                new, there = self.values("codes", name), self.standing.values["codes"].get(name, {}).get("codes", {})
                entries.write_list(self.rows, name, new)
                for short_code, code in new.get("codes", {}).items():
                    if short_code not in there or any(there[short_code].get(key) != code[key] for key in code):
                        entries.write_code(self.rows, name, short_code, code)
                entries.put_codes_in_order(self.rows, name, new.get("codes", {}), there)
        self._order_lists()

    def _order_lists(self) -> None:
        for change in self.plan.changed:
            if change.path == ("codes", ORDER):
                entries.put_lists_in_order(self.rows, change.new)
