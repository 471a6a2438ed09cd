"""Who sees which contact centre?"""

import pytest
from django.contrib.auth.models import AnonymousUser

from contactcenter_chat.models import Queue, Tenant
from contactcenter_chat.queries.access import agent_of, seen_by, tenants_of
from tests.factories import make_agent, make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenants():
    return make_tenant("one").tenant, make_tenant("two").tenant


def test_a_superuser_sees_all(tenants):
    assert set(tenants_of(make_user(is_staff=True, is_superuser=True))) == set(tenants)


def test_staff_see_what_they_administer(tenants):
    user = make_user(is_staff=True)
    tenants[0].administrators.add(user)
    assert list(tenants_of(user)) == [tenants[0]]
    assert {queue.tenant for queue in seen_by(user, Queue.objects.all())} == {tenants[0]}
    assert list(seen_by(user, Tenant.objects.all(), path="")) == [tenants[0]]


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_staff": True, "is_active": False}])
def test_an_administrator_must_be_active_staff(tenants, fields):
    user = make_user(**fields)
    tenants[0].administrators.add(user)
    assert list(tenants_of(user)) == []
    assert list(seen_by(user, Queue.objects.all())) == []


def test_an_inactive_superuser_sees_nothing(tenants):
    user = make_user(is_staff=True, is_superuser=True, is_active=False)
    assert list(tenants_of(user)) == []
    assert list(seen_by(user, Queue.objects.all())) == []


def test_nobody_sees_nothing(tenants):
    assert list(tenants_of(AnonymousUser())) == []
    assert list(seen_by(AnonymousUser(), Queue.objects.all())) == []
    assert agent_of(AnonymousUser()) is None


def test_the_agent_that_a_user_is(tenants):
    agent = make_agent(tenants[0])
    assert agent_of(agent.user) == agent
    assert agent_of(make_user()) is None
    agent.user.is_active = False
    assert agent_of(agent.user) is None
