"""How is a user made for somebody who is to be an agent? One of the project's own model, without a password."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import CharField, EmailField, TextField
from django.utils.translation import gettext_noop as _

from ...exceptions import Invalid
from ...models import people

NOWHERE = "nobody.invalid"  # the domain of addresses that somebody has to have and has not


def make_user(name: str, *, word: str = "", first_name: str = "", last_name: str = "") -> AbstractBaseUser:
    """Make a user who cannot log in until there is a password, and return the user.

    Args:
        name: What the user logs in with.
        word: What stands in other texts that the model requires; the name without it.
        first_name: Kept where the model has such a field.
        last_name: The same.

    Raises Invalid for a name that the model does not take.
    """
    users = get_user_model()
    required = [users._meta.get_field(each) for each in users.REQUIRED_FIELDS]
    texts = [each for each in required if isinstance(each, CharField | TextField) and (each.unique or not each.blank)]
    given = {each.name: text_for(each, word or name) for each in texts}
    names = dict(zip(people.NAMES, (first_name, last_name), strict=True))
    own = {each: names[each] for each in people.name_fields()}
    user = users(**given | own | {people.log_in_field(): name})
    user.set_unusable_password()
    try:
        user.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(_("A user cannot be called so: %(why)s"), why=messages[0], field=field, value=name) from error
    user.save()
    return user


def text_for(field: Any, word: str) -> str:
    """Return what a field holds that has to hold something: the word, or an address that begins with it."""
    is_address = isinstance(field, EmailField) and "@" not in word
    return f"{word}@{NOWHERE}" if is_address else word
