"""Whom do simulated agents log in as? Users of the project's own model, who have no password."""

from django.contrib.auth import get_user_model

from ..actions.setup import users
from ..models import people


def log_in_name(word):
    """What the simulated user with this word logs in with."""
    return users.text_for(get_user_model()._meta.get_field(people.log_in_field()), word)


def make_user(word, first_name, last_name):
    """Make the user; whatever text the model requires is the word, so that it may have to be unique."""
    return users.make_user(log_in_name(word), word=word, first_name=first_name, last_name=last_name)
