"""How does a customer's data travel? Some names of their own, everything else as key and value.

Everywhere else they are one flat object of strings, which is also what Chat API v2 shows.
"""

import re

from ..chat_api_v2.names import OWN_NAMES
from ..members import Listed, Object, Scalar, Text
from ..reading import KEY_MAX

NUMBERS = ("timezoneOffset",)
WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)

USER = Object(description="What is known of the customer; numbers and booleans are kept as strings.")
USER_MEMBERS = {
    **{f"user.{name}": Scalar() for name in OWN_NAMES},
    "user.additionalProperties": Listed(
        members={"key": Text(limit=KEY_MAX), "value": Scalar()}, limit="customer_keys"
    ),
}


def user(data):
    """Return flat data as this format writes them."""
    own = {name: _written(name, data[name]) for name in OWN_NAMES if name in data}
    others = [{"key": key, "value": value} for key, value in data.items() if key not in OWN_NAMES]
    return own | {"additionalProperties": others}


def data_of(given):
    """What was read by USER_MEMBERS as flat data; an own name's value wins."""
    others = {each["key"]: each["value"] for each in given["user.additionalProperties"] if each["value"] is not None}
    own = {name: value for name in OWN_NAMES if (value := given[f"user.{name}"]) is not None}
    return others | own


def emptied_names(reader):
    """The own names that are null: a change takes these away."""
    return tuple(name for name in OWN_NAMES if name in reader.members and reader.members[name] is None)


def _written(name, value):
    # A longer number could be another one for JavaScript.
    is_number = name in NUMBERS and WHOLE.fullmatch(value)
    return int(value) if is_number else value
