"""Are users made who can be agents, and cannot log in?"""

import pytest
from django.contrib.auth import get_user_model

from contactcenter_chat.actions.setup.users import make_user
from contactcenter_chat.exceptions import Invalid

pytestmark = pytest.mark.django_db


def test_a_user_without_a_usable_password():
    user = make_user("maria")
    assert get_user_model().objects.get(username="maria") == user
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_superuser, user.is_active, user.email) == (False, False, True, "")


def test_names_are_kept_where_there_is_room_for_them():
    user = make_user("maria", first_name="Maria", last_name="Torres")
    assert (user.first_name, user.last_name) == ("Maria", "Torres")


@pytest.mark.parametrize("name", ["two words", "x" * 151, ""])
def test_a_name_that_users_cannot_have_is_refused(name):
    with pytest.raises(Invalid, match="A user cannot be called so: "):
        make_user(name)
    assert not get_user_model().objects.exists()
