"""``contactcenter_create_tenant``: what it makes, what it prints, what it refuses."""

import json

import pytest
from django.core.management import CommandError, call_command

from contactcenter_chat.actions.setup.tenants import hash_secret
from contactcenter_chat.models import ApiKey, Queue, Tenant

pytestmark = pytest.mark.django_db


def test_the_last_line_is_one_json_object(capsys):
    call_command("contactcenter_create_tenant", "college", "--name", "Riverside College", "--json")

    made = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(made) == {"tenant", "api_key", "api_secret", "queue_id"}
    tenant = Tenant.objects.get()
    assert (tenant.label, tenant.name, made["tenant"]) == ("college", "Riverside College", "college")
    assert Queue.objects.get().pk == made["queue_id"]
    api_key = ApiKey.objects.get()
    assert api_key.key_hash == hash_secret(made["api_key"])
    assert api_key.secret_hash == hash_secret(made["api_secret"])


def test_without_json_it_prints_what_is_needed_and_that_the_secret_is_shown_once(capsys):
    call_command("contactcenter_create_tenant", "college")

    out = capsys.readouterr().out
    assert "not shown again" in out
    lines = dict(line.split() for line in out.splitlines()[1:])
    assert lines["tenant"] == "college"
    assert ApiKey.objects.get().secret_hash == hash_secret(lines["api_secret"])


@pytest.mark.parametrize("label", ["two words", "a/b", "", "é", "x" * 65])
def test_a_label_that_cannot_stand_in_a_path_is_refused(label):
    with pytest.raises(CommandError):
        call_command("contactcenter_create_tenant", label)
    assert not Tenant.objects.exists()


def test_a_label_is_given_once():
    call_command("contactcenter_create_tenant", "college")
    with pytest.raises(CommandError, match="college"):
        call_command("contactcenter_create_tenant", "college")
    assert Tenant.objects.count() == ApiKey.objects.count() == 1


def test_its_first_name_still_does_the_same(capsys):
    call_command("create_tenant", "college", "--json")

    assert Tenant.objects.get().label == json.loads(capsys.readouterr().out.splitlines()[-1])["tenant"]
