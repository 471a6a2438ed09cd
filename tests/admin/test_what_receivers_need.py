"""Where does whoever writes a receiver get the secret and the public key of the Standard Webhooks signatures?"""

from django.contrib.auth.models import Permission

from contactcenter_chat.models import SigningKey
from contactcenter_chat.queries.signing_keys import public_key_of, secret_of
from tests.factories import make_user

from .conftest import address, logged_in


def change_page(row):
    return address(f"{row._meta.model_name}_change", row.pk)


def test_a_webhooks_page_shows_its_secret(center, staff):
    page = staff.get(change_page(center.webhook)).content.decode()
    assert secret_of(center.webhook.receiver).startswith("whsec_")
    assert f"<code>{secret_of(center.webhook.receiver)}</code>" in page


def test_who_may_only_look_at_webhooks_does_not_see_it(center):
    user = make_user("auditor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_webhook"))
    center.tenant.administrators.add(user)
    response = logged_in(user).get(change_page(center.webhook))
    assert response.status_code == 200
    assert "whsec_" not in response.content.decode()


def test_a_signing_keys_page_shows_the_public_keys(center, staff):
    key = SigningKey.objects.get(tenant=center.tenant)
    page = staff.get(change_page(key)).content.decode()
    assert public_key_of(key).startswith("whpk_")
    assert f"<code>{public_key_of(key)}</code>" in page
    assert key.public_jwk["n"] in page


def test_no_page_shows_a_private_key(center, staff):
    key = SigningKey.objects.get(tenant=center.tenant)
    page = staff.get(change_page(key)).content.decode()
    assert "PRIVATE" not in page
    assert key.rsa_private not in page
    assert key.ed25519_private not in page
