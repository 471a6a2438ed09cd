"""Do those who looked after webhooks look after receivers too, and nobody else?"""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from contactcenter_chat.models import Receiver
from tests.factories import make_user

migration = import_module("contactcenter_chat.migrations.0016_receivers_permissions")


def give():
    migration.give_permissions(apps, SimpleNamespace(connection=connection))


def permission(codename):
    return Permission.objects.get(codename=codename)


@pytest.fixture
def before(db):
    """Django has not made the permissions of receivers yet."""
    Permission.objects.filter(content_type__model="receiver").delete()
    ContentType.objects.filter(app_label="contactcenter_chat", model="receiver").delete()
    ContentType.objects.clear_cache()


def test_users_and_groups_are_given_the_same_of_receivers(before):
    viewer, editor, other = (make_user(name) for name in ("viewer", "editor", "other"))
    group = Group.objects.create(name="integrators")
    viewer.user_permissions.add(permission("view_webhook"))
    editor.user_permissions.add(permission("change_webhook"), permission("add_webhook"))
    other.user_permissions.add(permission("view_channel"))
    group.permissions.add(permission("view_webhook"), permission("change_webhook"))
    for _again in range(2):
        give()
    assert set(permission("view_receiver").user_set.all()) == {viewer}
    assert set(permission("change_receiver").user_set.all()) == {editor}
    assert set(permission("view_receiver").group_set.all()) == {group}
    assert set(permission("change_receiver").group_set.all()) == {group}
    assert not Permission.objects.filter(codename__in=("add_receiver", "delete_receiver")).exists()
    assert permission("view_receiver").content_type == ContentType.objects.get_for_model(Receiver)
    assert permission("view_receiver").name == "Can view receiver"


def test_a_new_database_has_nobody_to_give_to(before):
    Permission.objects.filter(content_type__app_label="contactcenter_chat").delete()
    give()
    assert not Permission.objects.filter(content_type__app_label="contactcenter_chat").exists()


