"""What does a refusal say?"""

from contactcenter_chat.exceptions import Conflict, ContactCenterError


class WithoutWords(ContactCenterError):
    pass


def test_its_docstring_unless_it_is_told():
    assert str(Conflict()) == "This does not go together with what has happened meanwhile."
    assert str(Conflict("It is %(what)s.", what="late")) == "It is late."


def test_its_name_where_there_is_no_docstring():
    """As in a project's own class, or of any under ``python -OO``."""
    assert WithoutWords().message == "WithoutWords"
