"""How is a client's object read, so that every complaint names its field?"""

from ..exceptions import Invalid, InvalidFields
from ..storable import NUL, WITHOUT_NUL, is_blank

EMPTY = "May not be empty."
KEY_MAX = 255  # characters of an id of a client's, or of a name that it makes up


class Reader:
    """Reads the members of one object and collects what is wrong with them; ``done`` raises it all at once.

    Members nobody asks for are ignored, null is as good as absent. ``path`` is where the object lies in the body.
    """

    def __init__(self, members, path="", problems=None):
        self.problems = [] if problems is None else problems
        self.path = path
        self.members = members
        if not isinstance(members, dict):
            self.refuse("", "Must be an object.", members)
            self.members = {}

    def done(self):
        """Raises InvalidFields when anything was refused."""
        if self.problems:
            raise InvalidFields(self.problems)

    def refuse(self, name, message, value=None, code=None):
        """Note a complaint about a member; an empty name is the object itself."""
        field = ".".join(part for part in (self.path, name) if part) or "body"
        self.problems.append(Invalid(message, field=field, value=value, code=code))

    def text(self, name, required=True, max_length=None, default=""):
        """Return a member that is text; the default when it is not there."""
        value = self.members.get(name)
        if value is None:
            if required:
                self.refuse(name, EMPTY, code="required")
            return default
        if not isinstance(value, str):
            self.refuse(name, "Must be a string.", value)
            return default
        return self._checked(name, value, required, max_length)

    def identifier(self, name):
        """Return an id; some clients send it as a number."""
        value = self.members.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        return Reader({name: value}, self.path, self.problems).text(name, max_length=KEY_MAX)

    def choice(self, name, choices, default=None):
        """Return one of the choices; the default when it is not there, an error without a default."""
        value = self.text(name, required=default is None, default=default)
        if value is not None and value not in choices:
            self.refuse(name, f"Invalid {name}={value}, has to be one of {', '.join(choices)}", value)
        return value

    def object(self, name):
        """Return a reader of the object in this member; of an empty one when it is not there."""
        value = self.members.get(name)
        return Reader({} if value is None else value, self._path_of(name), self.problems)

    def objects(self, name, max_items):
        """Return a reader per object in the list in this member; none when it is not there."""
        value = self.members.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(name, "Must be a list.", value)
            return []
        if len(value) > max_items:
            self.refuse(name, f"May not have more than {max_items} items.")
            return []
        path = self._path_of(name)
        return [Reader(item, f"{path}[{index}]", self.problems) for index, item in enumerate(value)]

    def scalar(self, name):
        """Return text, a number or a boolean as a string; None when it is not there."""
        value = self.members.get(name)
        return None if value is None else self._as_string(name, value)

    def strings(self, max_keys):
        """Return all members as a flat object of strings; numbers and booleans become strings, nulls go."""
        given = {name: value for name, value in self.members.items() if value is not None}
        if len(self.members) > max_keys:
            self.refuse("", f"May not have more than {max_keys} keys.")
            return {}
        return {name: self._as_string(name, value) for name, value in given.items()}

    def boolean(self, name, default):
        """Return a member that is true or false, written as such or as text."""
        value = self.members.get(name)
        if value is None:
            return default
        if str(value).lower() not in ("true", "false"):
            self.refuse(name, "Must be true or false.", value)
        return str(value).lower() == "true"

    def bounded(self, name, default, *, least, most):
        """Return the whole number in this member, written as such or as text, within these bounds."""
        value = self.members.get(name)
        if value is None:
            return default
        digits = _whole(value)
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 20 and least <= int(digits) <= most):
            self.refuse(name, f"Must be a whole number from {least} to {most}.", value)
            return default
        return int(digits)

    def whole_number(self, name, default, *, least, most):
        """Return the whole number written in this member; more than ``most`` is ``most``."""
        value = self.members.get(name)
        if value is None:
            return default
        digits = _whole(value)
        if not (digits.isascii() and digits.isdecimal()):
            self.refuse(name, f"Must be a whole number, {least} or more.", value)
            return default
        number = int(digits) if len(digits) < 20 else most
        if number < least:
            self.refuse(name, f"Must be a whole number, {least} or more.", value)
        return min(number, most)

    def _checked(self, name, value, required, max_length):
        if required and is_blank(value):
            self.refuse(name, EMPTY, value, code="required")
        elif max_length and len(value) > max_length:
            self.refuse(name, f"May not be longer than {max_length} characters.", value[:100])
        elif NUL in value:
            self.refuse(name, WITHOUT_NUL)
        return value

    def _as_string(self, name, value):
        if isinstance(value, bool):
            value = str(value).lower()
        elif isinstance(value, (int, float)):
            value = str(value)
        elif not isinstance(value, str):
            self.refuse(name, "Must be a string.", value)
            return ""
        if NUL in name + value:
            self.refuse(name.replace(NUL, "\\0"), WITHOUT_NUL)
        return value

    def _path_of(self, name):
        return f"{self.path}.{name}" if self.path else name


def _whole(value):
    """A number as text, without the nothing behind its point: generated clients send ``size=20.0``."""
    whole, point, fraction = str(value).partition(".")
    return whole if point and fraction and not fraction.strip("0") else str(value)


def sentence(complaint):
    """A complaint (``exceptions.Invalid``) in words, with the field that it is about."""
    return f"{complaint.field}: {complaint.message}" if complaint.field else complaint.message


def shown(value):
    """A client's value as it is shown back, cut where it gets long."""
    return "" if value is None else str(value)[:200]
