"""How a contact centre is set up, and how its keys come and go."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions.setup import tenants
from contactcenter_chat.encryption import decrypt
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import ApiKey, Queue, SigningKey, Tenant
from tests import factories
from tests.facts import fresh, nothing_written, refused

pytestmark = pytest.mark.django_db
SCOPES = [
    *(f"vcc-chat.{what}.{how}" for what in ("webhooks", "channels", "conversations") for how in ("read", "write")),
    "vcc-chat.articles.read",
]


# Set up


def test_an_empty_one_can_sign_and_has_nothing_else():
    tenant = tenants.create_empty_tenant(label="college", name="The College")
    assert fresh(tenant, "label", "name") == ("college", "The College")
    assert SigningKey.objects.get().tenant == tenant
    assert not Queue.objects.exists()
    assert not ApiKey.objects.exists()
    with pytest.raises(Conflict):
        tenants.create_empty_tenant(label="college")


def test_a_new_one_is_ready():
    new = tenants.create_tenant(label="college", name="The College")
    assert fresh(new.tenant, "label", "name") == ("college", "The College")
    assert list(Queue.objects.values_list("pk", "tenant", "name")) == [(new.queue.pk, new.tenant.pk, "Default")]
    assert list(ApiKey.objects.values_list("pk", "tenant", "name")) == [(new.api_key.pk, new.tenant.pk, "Default")]
    assert fresh(SigningKey.objects.get(), "tenant_id", "retired_at", "published_until") == (
        new.tenant.pk,
        None,
        None,
    )


@pytest.mark.parametrize("label", ["", "a b", "a/b", "ä", "a" * 65, "a\n"])
def test_a_label_that_cannot_stand_in_a_path(label):
    with refused(Invalid, field="label", value=label):
        tenants.create_tenant(label=label)


def test_a_label_is_given_once():
    factories.make_tenant("college")
    with refused(Conflict, code="conflict"):
        factories.make_tenant("college")


def test_it_is_renamed():
    tenant, other = factories.make_tenant("college").tenant, factories.make_tenant().tenant
    staff = factories.make_user()
    tenants.update_tenant(tenant, name="New", administrators=[staff])
    assert (fresh(tenant, "label", "name"), list(tenant.administrators.all())) == (("college", "New"), [staff])
    tenants.update_tenant(tenant, name="Newer")
    assert (fresh(tenant, "name"), list(tenant.administrators.all())) == (("Newer",), [staff])
    tenants.update_tenant(tenant, name="Newer", administrators=[])
    assert list(tenant.administrators.all()) == []
    assert fresh(other, "name") == ("College",)


# Keys of applications


def test_a_key_is_kept_as_a_hash_only():
    tenant = factories.make_tenant().tenant
    new = tenants.create_api_key(tenant=tenant, name="Portal")
    assert new.key.startswith("cck_")
    assert fresh(new.api_key, "tenant_id", "name", "prefix", "key_hash", "secret_hash", "scopes", "revoked_at") == (
        tenant.pk,
        "Portal",
        new.key[:12],
        hashlib.sha256(new.key.encode()).hexdigest(),
        hashlib.sha256(new.secret.encode()).hexdigest(),
        SCOPES,
        None,
    )
    another = tenants.create_api_key(tenant=tenant, name="Portal")
    assert len({new.key, new.secret, another.key, another.secret}) == 4
    assert min(map(len, (new.key, new.secret))) >= 43  # 256 bits


def test_a_key_may_do_less():
    new = tenants.create_api_key(tenant=factories.make_tenant().tenant, name="Reads", scopes=SCOPES[:1])
    assert fresh(new.api_key, "scopes") == (SCOPES[:1],)


def test_an_unknown_scope_is_refused():
    tenant = factories.make_tenant().tenant
    with refused(Invalid, field="scopes", value="all"):
        tenants.create_api_key(tenant=tenant, name="All", scopes=["some", *SCOPES, "all"])


def test_a_key_is_revoked_once_and_no_other():
    tenant = factories.make_tenant()
    other = tenants.create_api_key(tenant=tenant.tenant, name="Portal").api_key
    before = timezone.now()
    tenants.revoke_api_key(tenant.api_key)
    assert before <= fresh(tenant.api_key, "revoked_at")[0] <= timezone.now()
    assert fresh(other, "revoked_at") == (None,)
    with nothing_written():
        tenants.revoke_api_key(tenant.api_key)


# What signs


def test_the_key_that_signs_is_rotated_with_an_overlap():
    tenant, other = factories.make_tenant().tenant, factories.make_tenant().tenant
    old = tenant.signing_keys.get()
    before = timezone.now()
    new = tenants.rotate_signing_key(tenant)
    retired_at, until = fresh(old, "retired_at", "published_until")
    assert retired_at >= before
    assert until - retired_at == timedelta(days=7)
    assert fresh(new, "tenant_id", "retired_at", "published_until") == (tenant.pk, None, None)
    assert new.public_jwk["kid"] == new.pk
    assert all(decrypt(getattr(new, name)).startswith("-----BEGIN") for name in ("rsa_private", "ed25519_private"))
    assert other.signing_keys.get().retired_at is None


def test_what_has_retired_before_keeps_its_time():
    tenant = factories.make_tenant().tenant
    old = tenant.signing_keys.get()
    tenants.rotate_signing_key(tenant, overlap=timedelta(hours=1))
    times = fresh(old, "retired_at", "published_until")
    assert times[1] - times[0] == timedelta(hours=1)
    tenants.rotate_signing_key(tenant)
    assert fresh(old, "retired_at", "published_until") == times
    assert Tenant.objects.get().signing_keys.filter(retired_at=None).count() == 1
