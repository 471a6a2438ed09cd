"""Skills, the grid of levels, coverage and an agent's levels: who sees and writes what, in which contact centre."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from contactcenter_chat.actions.center.releasing import release_agent
from contactcenter_chat.actions.center.skills import DELETED, create_skill, delete_skill, set_levels
from contactcenter_chat.admin import skills_grid
from contactcenter_chat.models import AgentLanguage, AgentSkill, LevelChange, Skill
from tests.factories import make_agent, make_queue, make_user, plan

from .conftest import address, logged_in, told
from .test_language import DATA, texts

GRID, COVERAGE = "/admin/contactcenter_chat/skill/grid/", "/admin/contactcenter_chat/skill/coverage/"


@pytest.fixture
def fees(center):
    return create_skill(tenant=center.tenant, name="fees")


@pytest.fixture
def visas(center):
    return create_skill(tenant=center.tenant, name="visas")


@pytest.fixture
def ada(center, fees, visas):
    agent = make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")
    set_levels(agent=agent, skills={fees: 4}, languages={"es": 3})
    return agent


@pytest.fixture
def alan(center, ada):
    return make_agent(center.tenant, center.queue, first_name="Alan", last_name="Turing")


@pytest.fixture
def stranger(other):
    """An agent of another contact centre, with a skill and a language that only they have."""
    agent = make_agent(other.tenant, other.queue, first_name="Mallory", last_name="Elsewhere")
    set_levels(agent=agent, skills={create_skill(tenant=other.tenant, name="lockpicking"): 5}, languages={"la": 5})
    return agent


def limited(center, *codenames):
    """The client of somebody with these permissions alone."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    center.tenant.administrators.add(user)
    return logged_in(user)


def soup_of(answer):
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def fields_of(answer):
    """The fields of the grid's form as a browser sends them."""
    form = soup_of(answer).select_one("#cc-levels")
    return {each["name"]: each.get("value", "") for each in form.select("input[name]:not([type=submit])")}


def name(agent, skill=None, language=""):
    return f"level:{agent.pk}:{skill.pk if skill else ''}:{language}"


def said(answer):
    return [each.get_text() for each in soup_of(answer).select(".cc-errors p")]


def levels():
    found = [*AgentSkill.objects.values_list("agent__user__first_name", "skill__name", "level")]
    found += AgentLanguage.objects.values_list("agent__user__first_name", "tag", "level")
    return {(agent, of): level for agent, of, level in found}


HELD = {("Ada", "fees"): 4, ("Ada", "es"): 3}


@pytest.fixture
def own_language():
    """A request leaves its language behind in the thread."""
    with override(None):
        yield


# Skills


def test_a_skill_is_added_renamed_and_deleted(staff, center, ada):
    staff.post(address("skill_add"), {"tenant": center.tenant.pk, "name": "housing"})
    housing = Skill.objects.get(name="housing")
    staff.post(address("skill_change", housing.pk), {"name": "rooms"})
    housing.refresh_from_db()
    assert (housing.name, housing.tenant) == ("rooms", center.tenant)
    fees = Skill.objects.get(name="fees")
    page = soup_of(staff.get(address("skill_delete", fees.pk)))
    assert "1 agent has it" in page.get_text()
    staff.post(address("skill_delete", fees.pk), {"post": "yes"})
    assert not Skill.objects.filter(pk=fees.pk).exists()
    change = LevelChange.objects.latest("pk")
    assert (change.agent, change.skill_name, change.before, change.after) == (ada, "fees", 4, None)
    assert (change.by.username, change.reason) == ("staff", DELETED)


@pytest.mark.parametrize("taken", ["fees", "\u202e", "x" * 61])
def test_a_name_that_cannot_be_is_an_error_of_the_form(staff, center, fees, visas, taken):
    for page, data in (
        (address("skill_add"), {"tenant": center.tenant.pk}),
        (address("skill_change", visas.pk), {}),
    ):
        answer = staff.post(page, {**data, "name": taken})
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors
    assert sorted(Skill.objects.values_list("name", flat=True)) == ["fees", "visas"]


def test_the_list_leads_to_the_grid_and_counts_agents(staff, ada, alan, fees):
    set_levels(agent=alan, skills={fees: 1})
    release_agent(agent_id=alan.pk)
    page = soup_of(staff.get(address("skill_changelist")))
    assert {GRID, COVERAGE} <= {link["href"] for link in page.select(".object-tools a")}
    assert [each.get_text() for each in page.select(".field-agents_shown")] == ["1", "0"]


# The grid


def test_each_cell_is_labelled_and_holds_its_level(staff, ada, alan, stranger):
    page = soup_of(staff.get(GRID))
    found = {each["aria-label"]: each["value"] for each in page.select(".cc-grid input")}
    assert found == {
        "Ada Lovelace, fees": "4",
        "Ada Lovelace, visas": "",
        "Ada Lovelace, Spanish (es)": "3",
        "Alan Turing, fees": "",
        "Alan Turing, visas": "",
        "Alan Turing, Spanish (es)": "",
    }


def test_what_was_changed_is_saved_with_its_reason(staff, ada, alan, fees, visas):
    data = fields_of(staff.get(GRID))
    changed = {name(ada, fees): "", name(ada, visas): "2", name(alan, language="es"): "5", name(alan, fees): "0"}
    answer = staff.post(GRID, {**data, **changed, "reason": "Review"})
    assert (answer.status_code, answer["Location"]) == (302, GRID)
    assert told(staff.get(GRID)) == ["3 levels were saved."]
    assert levels() == {("Ada", "visas"): 2, ("Ada", "es"): 3, ("Alan", "es"): 5}
    noted = LevelChange.objects.filter(reason="Review", by__username="staff")
    assert {(each.skill_name or each.language, each.before, each.after) for each in noted} == {
        ("fees", 4, None),
        ("visas", None, 2),
        ("es", None, 5),
    }


def test_nothing_that_was_changed_is_nothing_saved(staff, ada):
    count = LevelChange.objects.count()
    assert told(staff.post(GRID, fields_of(staff.get(GRID)), follow=True)) == ["Nothing was changed."]
    assert LevelChange.objects.count() == count


@pytest.mark.parametrize("typed", ["6", "-1", "x", "1.5", "٣", "9" * 5000])
def test_what_is_no_level_is_told_and_nothing_is_saved(staff, ada, fees, visas, typed):
    data = fields_of(staff.get(GRID))
    answer = staff.post(GRID, {**data, name(ada, fees): "5", name(ada, visas): typed})
    assert said(answer) == ["Ada Lovelace, visas: a level is a whole number from 1 to 5."]
    shown = fields_of(answer)
    assert (shown[name(ada, fees)], shown[name(ada, visas)]) == ("5", typed)
    assert levels() == HELD


def test_a_reason_that_cannot_be_kept_is_told(staff, ada, fees):
    data = fields_of(staff.get(GRID))
    answer = staff.post(GRID, {**data, name(ada, fees): "5", "reason": "x" * 256})
    assert said(answer) == ["May not be longer than 255 characters."]
    assert fields_of(answer)[name(ada, fees)] == "5"
    assert levels() == HELD


def test_somebody_elses_change_is_told_once_and_the_rest_is_kept(staff, ada, alan, fees, visas):
    data = fields_of(staff.get(GRID))
    boss = make_user(first_name="Grace", last_name="Hopper")
    set_levels(agent=ada, skills={fees: 1}, languages={"es": None}, by=boss)
    set_levels(agent=alan, skills={visas: 5, fees: 2})
    mine = {name(ada, fees): "5", name(ada, language="es"): "4", name(alan, fees): "2", name(ada, visas): "3"}
    answer = staff.post(GRID, {**data, **mine, "reason": "Review"})
    assert said(answer) == [
        "Somebody else has changed some of these levels meanwhile.",
        "Ada Lovelace, fees: now 1 (Grace Hopper), yours 5.",
        "Ada Lovelace, Spanish (es): now – (Grace Hopper), yours 4.",
        "Save once more to have it your way, or open the page anew.",
    ]
    again = fields_of(answer)
    assert again["reason"] == "Review"
    assert {field: again[field] for field in mine} == mine
    assert again[name(alan, visas)] == "5"  # theirs, which I did not touch
    assert levels()["Ada", "fees"] == 1
    assert staff.post(GRID, again).status_code == 302
    assert levels() == {
        ("Ada", "fees"): 5,
        ("Ada", "es"): 4,
        ("Ada", "visas"): 3,
        ("Alan", "visas"): 5,
        ("Alan", "fees"): 2,
    }


def test_a_change_of_somebody_else_is_told_after_another_error_too(staff, ada, fees, visas):
    data = fields_of(staff.get(GRID))
    set_levels(agent=ada, skills={fees: 1})
    wrong = staff.post(GRID, {**data, name(ada, fees): "5", name(ada, visas): "9"})
    answer = staff.post(GRID, {**fields_of(wrong), name(ada, visas): "2"})
    assert said(answer)[1:-1] == ["Ada Lovelace, fees: now 1 (Somebody), yours 5."]


def test_without_what_the_page_carried_nothing_is_saved_over(staff, ada, fees):
    for carried in ("", "x", "a:b:c"):
        answer = staff.post(GRID, {name(ada, fees): "5", "contactcenter_seen": carried})
        assert said(answer)[1:-1] == ["Ada Lovelace, fees: now 4 (Somebody), yours 5."]
    assert levels() == HELD


def test_changes_of_what_is_gone_are_told_and_the_rest_can_be_saved(staff, ada, alan, fees, visas):
    data = fields_of(staff.get(GRID))
    delete_skill(skill=visas)
    release_agent(agent_id=alan.pk)
    mine = {name(ada, fees): "5", name(ada, visas): "3", name(alan, fees): "2"}
    answer = staff.post(GRID, {**data, **mine})
    assert said(answer) == ["2 changes were not saved: the agents or the skills are not there any more."]
    assert levels() == HELD
    assert staff.post(GRID, fields_of(answer)).status_code == 302
    assert levels() == {**HELD, ("Ada", "fees"): 5}


def test_a_language_is_added_as_a_column(staff, ada, fees):
    data = {**fields_of(staff.get(GRID)), name(ada, fees): "5"}
    answer = staff.post(GRID, {**data, "new_language": "PT-br", "add_language": "Add"})
    again = fields_of(answer)
    assert (again[name(ada, fees)], again[name(ada, language="pt-BR")], again["new_language"]) == ("5", "", "")
    assert levels() == HELD
    staff.post(GRID, {**again, name(ada, language="pt-BR"): "2"})
    assert levels() == {**HELD, ("Ada", "fees"): 5, ("Ada", "pt-BR"): 2}
    wrong = staff.post(GRID, {**data, "new_language": "Spanish", "add_language": "Add"})
    assert_language_is_marked(wrong)
    assert fields_of(wrong)["new_language"] == "Spanish"


def assert_language_is_marked(answer):
    refusal = "Write a language as “es” or “pt-BR”."
    assert said(answer) == [f"Another language: {refusal}"]
    field = soup_of(answer).select_one("[name=new_language]")
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "cc-language-error")
    assert soup_of(answer).select_one("#cc-language-error").get_text() == refusal


def test_what_is_no_language_keeps_all_that_was_typed_and_saves_nothing(staff, ada, fees):
    data = {**fields_of(staff.get(GRID)), name(ada, fees): "5", "reason": "Review", "new_language": "Spanish"}
    answer = staff.post(GRID, data)
    assert_language_is_marked(answer)
    again = fields_of(answer)
    assert (again[name(ada, fees)], again["reason"], again["new_language"]) == ("5", "Review", "Spanish")
    assert levels() == HELD
    assert staff.post(GRID, {**again, "new_language": ""}).status_code == 302
    assert levels()["Ada", "fees"] == 5


def test_saving_with_a_new_language_typed_shows_its_column(staff, ada, fees):
    data = {**fields_of(staff.get(GRID)), name(ada, fees): "5", "new_language": "fr"}
    answer = staff.post(GRID, data)
    assert answer["Location"] == f"{GRID}?language=fr"
    assert name(ada, language="fr") in fields_of(staff.get(answer["Location"]))
    assert levels()["Ada", "fees"] == 5
    assert staff.get(GRID, {"language": "x" * 50}).status_code == 404


def test_fields_that_are_none_of_the_grid_are_left_alone(staff, ada, fees):
    data = fields_of(staff.get(GRID))
    junk = ["level", "level:", "level:a:b", f"level:{ada.pk}::", f"level:{ada.pk}:{fees.pk}:es", f"level::{fees.pk}:"]
    assert told(staff.post(GRID, {**data, **dict.fromkeys(junk, "5")}, follow=True)) == ["Nothing was changed."]
    answer = staff.post(GRID, {**data, f"level:{ada.pk}::no tag": "5"})
    assert said(answer) == ["Write a language as “es” or “pt-BR”."]
    assert levels() == HELD


# Pages of it


def test_many_agents_and_skills_are_shown_a_part_at_a_time(staff, center, ada, alan, monkeypatch):
    monkeypatch.setattr(skills_grid, "AGENTS", 1)
    monkeypatch.setattr(skills_grid, "COLUMNS", 2)
    page = soup_of(staff.get(GRID))
    assert [each["aria-label"] for each in page.select(".cc-grid input")] == [
        "Ada Lovelace, fees",
        "Ada Lovelace, visas",
    ]
    assert [" ".join(each.get_text().split()) for each in page.select("nav.cc-pages")] == [
        "Agents: 1–1 of 2 Next page",
        "Skills and languages: 1–2 of 3 Next page",
    ]
    (down, across) = (each.select_one("a[rel=next]")["href"] for each in page.select("nav.cc-pages"))
    page = soup_of(staff.get(GRID + down))
    assert page.select_one(".cc-grid input")["aria-label"] == "Alan Turing, fees"
    (back, across) = (each.select_one("a")["href"] for each in page.select("nav.cc-pages"))
    assert back == "?agents=1"
    page = soup_of(staff.get(GRID + across))
    assert [each["aria-label"] for each in page.select(".cc-grid input")] == ["Alan Turing, Spanish (es)"]
    data = fields_of(staff.get(GRID + across))
    answer = staff.post(GRID + across, {**data, name(alan, language="es"): "1"})
    assert answer["Location"] == GRID + across
    assert levels() == {**HELD, ("Alan", "es"): 1}


def test_agents_are_found_by_name_or_one_is_asked_for(staff, ada, alan):
    for query in ({"q": "turing"}, {"agent": alan.pk}):
        page = soup_of(staff.get(GRID, query))
        assert [each.get_text() for each in page.select(".cc-grid tbody th")] == ["Alan Turing"]
    assert "Nothing found." in soup_of(staff.get(GRID, {"q": "nobody"})).get_text()


def test_it_takes_as_many_statements_for_many(staff, center, ada):
    def count():
        with CaptureQueriesContext(connection) as statements:
            staff.get(GRID)
            staff.get(COVERAGE)
        return len(statements)

    before = count()
    for number in range(3):
        queue = make_queue(center.tenant)
        skill = create_skill(tenant=center.tenant, name=f"skill {number}")
        set_levels(agent=make_agent(center.tenant, queue), skills={skill: 3}, languages={"en": 3})
    assert count() == before


# Who sees it


def test_nothing_of_another_contact_centre_is_shown_or_written(staff, root, ada, fees, stranger, other):
    for page in (GRID, COVERAGE):
        shown = staff.get(page).content.decode()
        for theirs in (stranger.pk, "Mallory", "lockpicking", "Latin", other.queue.pk):
            assert theirs not in shown, page
        assert staff.get(page, {"centre": other.tenant.pk}).status_code == 404
        assert root.get(page, {"centre": other.tenant.pk}).status_code == 200
    assert staff.get(GRID, {"agent": stranger.pk}).status_code == 404
    skill = Skill.objects.get(name="lockpicking")
    before = levels()
    for mine in ({name(stranger, skill): "1"}, {name(ada, skill): "1"}, {name(stranger, language="la"): "1"}):
        answer = staff.post(GRID, {**fields_of(staff.get(GRID)), **mine})
        assert said(answer) == ["1 change was not saved: the agent or the skill is not there any more."]
        assert staff.post(f"{GRID}?centre={other.tenant.pk}", mine).status_code == 404
    assert levels() == before


def test_who_may_only_look_at_agents_only_looks(center, ada, fees):
    client = limited(center, "view_skill", "view_agent", "view_queue")
    page = soup_of(client.get(GRID))
    assert not page.select(".cc-grid input, script[src*='grid.js'], .cc-save")
    assert [each.get_text() for each in page.select(".cc-grid td")] == ["4", "–", "3"]
    assert client.post(GRID, {name(ada, fees): "5"}).status_code == 403
    assert client.get(COVERAGE).status_code == 200
    assert levels() == HELD


@pytest.mark.parametrize("missing", ["view_skill", "view_agent"])
def test_who_may_not_see_skills_or_agents_sees_no_levels(center, ada, missing):
    client = limited(center, *({"view_skill", "view_agent", "view_queue"} - {missing}))
    for page in (GRID, COVERAGE):
        assert client.get(page).status_code == 403
        assert client.post(page).status_code == 403
    assert limited(center, "view_skill", "view_agent").get(COVERAGE).status_code == 403


def test_nobody_without_an_account_gets_there(client, ada):
    for page in (GRID, COVERAGE):
        assert client.get(page)["Location"].startswith("/admin/login/")


# Coverage


def test_coverage_says_how_many_have_it_and_how_many_are_there(staff, center, ada, alan):
    page = soup_of(staff.get(COVERAGE))
    (section,) = page.select("section.module")
    assert section.h2.get_text() == center.queue.name
    rows = [[each.get_text() for each in row.select("th, td")] for row in section.select("tbody tr")]
    assert rows == [["All members", "2", "2"], ["fees", "1", "1"], ["Spanish (es)", "1", "1"]]
    assert section.select_one(".cc-plan").p.get_text() == (
        "Required: no skills, language: required, where somebody speaks it"
    )
    assert section.select(".cc-plan li") == []


def test_coverage_says_what_is_required_of_agents_and_when_less(staff, center, ada, fees, visas):
    steps = [
        {"after": 60, "requires": {fees.pk: 1}},
        {"after": 120, "requires": {}, "language": "any", "asked": False},
    ]
    plan(center.queue, requires={fees.pk: 3, visas.pk: 2}, steps=steps)
    shown = soup_of(staff.get(COVERAGE)).select_one(".cc-plan")
    assert shown.p.get_text() == "Required: fees 3, visas 2, language: required, where somebody speaks it"
    assert [each.get_text() for each in shown.p.select("bdi")] == ["fees", "visas"]
    assert [each.get_text() for each in shown.select("li")] == [
        "after 60 seconds, fees 1",
        "after 120 seconds, no skills, language: any, what the client asked for: No",
    ]


# An agent's page


def test_an_agents_page_shows_levels_and_how_they_changed(staff, ada, fees):
    boss = make_user(first_name="Grace", last_name="Hopper")
    set_levels(agent=ada, skills={fees: 5}, by=boss, reason="Course")
    page = soup_of(staff.get(address("agent_change", ada.pk)))
    shown = page.select_one(".field-levels")
    assert [each.get_text() for each in shown.select(".cc-code")] == ["fees 5", "Spanish (es) 3"]
    assert soup_of(staff.get(shown.a["href"])).select_one(".cc-grid tbody th").get_text() == "Ada Lovelace"
    rows = page.select(".field-level_changes tbody tr")
    told = [[each.get_text() for each in row.select("td")][1:] for row in rows]
    assert told[0] == ["fees", "4", "5", "Grace Hopper", "Course"]
    assert sorted(told[1:]) == [["Spanish (es)", "–", "3", "–", "–"], ["fees", "–", "4", "–", "–"]]


def test_of_many_changes_the_newest_are_shown(staff, ada, fees, monkeypatch):
    monkeypatch.setattr("contactcenter_chat.admin.levels.CHANGES", 1)
    page = soup_of(staff.get(address("agent_change", ada.pk)))
    assert len(page.select(".field-level_changes tbody tr")) == 1
    assert "The newest 1; older ones are kept." in page.get_text()


def test_the_levels_of_one_who_was_released_stay_on_the_page(staff, ada):
    release_agent(agent_id=ada.pk)
    page = soup_of(staff.get(address("agent_change", ada.pk)))
    assert len(page.select(".field-levels .cc-code")) == 2
    assert not page.select(".field-levels a")


def test_nothing_is_english_on_a_spanish_page(root, center, ada, alan, fees, own_language):
    data = fields_of(root.get(GRID))
    names = {"Ada Lovelace", "Alan Turing"}
    for page in (GRID, COVERAGE, f"{GRID}?q=nobody"):
        assert texts(root, page, "es") & texts(root, page, "en") - DATA - names == {"Webhooks"}
    answer = root.post(GRID, {**data, name(ada, fees): "9"}, headers={"Accept-Language": "es"})
    assert said(answer) == ["Ada Lovelace, fees: un nivel es un número entero de 1 a 5."]
