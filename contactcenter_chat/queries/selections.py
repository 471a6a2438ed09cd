"""Which rows of a list does a client want, in which order? It says so by names that its format maps to ours."""

from dataclasses import dataclass, field

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.lookups import Contains, EndsWith, Exact, StartsWith

from ..database import connection
from ..exceptions import Invalid
from ..wire.base import DataKey, Listing
from . import fiql


@dataclass(frozen=True)
class Selection:
    """What a client asks of a list: a FIQL filter, and a field to sort by (``name``, ``-name``, ``name:desc``)."""

    names: Listing = field(default_factory=Listing)
    filter_by: str = ""
    sort_by: str = ""

    def of(self, rows, usual=("created_at", "pk")):
        """Return these rows of a query in this order, by default the usual one. Raises Invalid."""
        if self.filter_by:
            rows = rows.filter(fiql.condition(self.filter_by, _conditions(self.names.filters)))
        return rows.order_by(*(self._order() if self.sort_by else usual))

    def _order(self):
        fields = self.names.sorts
        name, _, direction = self.sort_by.lstrip("+-").partition(":")
        direction = direction.lower()
        if name not in fields or direction not in {"", "asc", "desc"}:
            raise Invalid(f"Invalid sort={self.sort_by}, has to be one of {', '.join(fields)}", field="sort")
        minus = "-" if direction == "desc" or self.sort_by.startswith("-") else ""
        return minus + fields[name], minus + "pk"


EVERYTHING = Selection()


def has_data(data):
    """Return the condition that a conversation has these values in the customer's data."""
    if connection().vendor == "postgresql":
        return Q(data__contains=data)  # what its GIN index is for
    has = Q()
    for key, value in data.items():
        has &= Q(Exact(DataValue(F("data"), Value(key)), Value(value)))
    return has


class DataValue(Func):
    """The value of a key of a flat JSON object, on SQLite; the key is an argument, not a part of the query."""

    template = "(SELECT value FROM json_each(%(data)s) WHERE key = %(key)s)"
    output_field = TextField()

    def as_sql(self, compiler, connection, *args, **extra_context):
        data, key = (compiler.compile(source) for source in self.source_expressions)
        return self.template % {"data": data[0], "key": key[0]}, (*data[1], *key[1])


TEXT_LOOKUPS = {"__contains": Contains, "__startswith": StartsWith, "__endswith": EndsWith}


def _conditions(filters):
    """The same names, with what ``fiql`` finds rows by."""
    return {name: _data_field(ours.name) if isinstance(ours, DataKey) else ours for name, ours in filters.items()}


def _data_field(key):
    """How a value of the customer's data is looked for."""

    def find(lookup, value):
        if not lookup:
            return has_data({key: value})
        return Q(TEXT_LOOKUPS[lookup](KT(f"data__{key}"), value))

    return find
