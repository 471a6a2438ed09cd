"""Is the demo's college what its file says?"""

import json

import pytest
from django.core.management import call_command

from contactcenter_chat.actions.setup.centre_file.applying import Options, Users, apply_file, apply_to_new
from contactcenter_chat.models import Agent, Channel, Conversation, Tenant
from example_project.demo import college
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
    assert list(channels) == ["Courses and admission", "Fees and finance"]
    assert made["agents"] == "maria, tom, aisha, jonas"
    assert Conversation.objects.count() == 36
    assert sorted(map(str, Agent.objects.all())) == [
        "Aisha Rahman",
        "Jonas Lindqvist",
        "Maria Torres",
        "Tom Whitfield",
    ]
    call_command("seed_demo")
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == made
    # As the file says, and the file says who is there.
    tenant = Tenant.objects.get(label=college.LABEL)
    plan = apply_file(college.FILE.read_bytes(), tenant=tenant, options=Options(prune=True))
    assert (plan.lines, plan.kept) == ([], [])
    logins = {login for login, _first, _last in college.STAFF}
    assert logins == set(Agent.objects.values_list("user__username", flat=True))


def test_a_project_can_begin_with_the_file():
    content = college.FILE.read_text().replace("webhook: Website", "webhook: Portal")
    without_channels = content[: content.index("# The webhook is")]
    apply_to_new(without_channels.encode(), label="college", options=Options(users=Users.MADE))
    tenant = Tenant.objects.get()
    factories.make_webhook(tenant, name="Portal")
    assert [change.told for change in apply_file(content.encode(), tenant=tenant).made] == [
        "channels / Courses and admission",
        "channels / Fees and finance",
    ]
