"""How is a statement that every request makes spared being composed every time?

Django takes several times longer to compose such a statement than the database to execute it. Measured beside what
Django does (``python -m benchmarks prepared``), a look-up with joins takes a quarter of the time, an insert or update
half of it; where that is little of a request, the ORM is the better choice.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, Generic, TypeVar

from django.db import connections, models

from ..database import connection

Row = TypeVar("Row", bound=models.Model)


class Parameter(str):
    """The name of a value that is given when the query runs; stands where the value will."""


class Prepared(Generic[Row]):
    """A query for one row, composed once. ``build`` makes it, with a Parameter for each of ``names``.

    The values must be such that Django hands them to the database as they are: text, ids.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row, Row]], *names: str) -> None:
        self._build = build
        self._names = names
        self._composed: tuple[Any, ...] | None = None  # the queryset, its compiler, SQL and parameters

    def first(self, **values: str) -> Row | None:
        """Return the row as an instance of its model, with what it selects of related ones; None without a row."""
        queryset, compiler, sql, parameters = self._compose()
        given = [values[each] if isinstance(each, Parameter) else each for each in parameters]
        compiler = copy(compiler)
        compiler.connection = connections[compiler.using]  # this thread's
        with cursor_of(compiler.connection) as cursor:
            cursor.execute(sql, given)
            found = cursor.fetchall()
        compiler.execute_sql = lambda *args, **kwargs: [found]
        rows = queryset.all()
        rows.query.get_compiler = lambda *args, **kwargs: compiler
        return next(iter(rows), None)

    def get(self, **values: str) -> Row:
        """The same for a row that is there. Raises the model's DoesNotExist."""
        row = self.first(**values)
        if row is None:
            raise self._compose()[0].model.DoesNotExist()
        return row

    def _compose(self) -> tuple[Any, ...]:
        if self._composed is None:
            queryset = self._build(**{name: Parameter(name) for name in self._names})
            compiler = queryset.query.get_compiler(queryset.db)
            self._composed = (queryset, compiler, *compiler.as_sql())
            compiler.connection = None  # it was this thread's, and the next thread has another
        return self._composed


class PreparedInsert:
    """An INSERT of rows of a model, composed once.

    With ``ignore_conflicts`` rows are left out where a unique constraint is in the way. As with ``bulk_create``,
    Django's own signals are not sent. A key that the database makes is not read back.
    """

    def __init__(self, model: type[models.Model], *, ignore_conflicts: bool = False) -> None:
        fields: list[Any] = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        self._writing = Writing(fields)
        self._head = f"INSERT INTO {_quoted(model._meta.db_table)} ({_columns(fields)}) VALUES "  # noqa: S608
        self._row = f"({', '.join(['%s'] * len(fields))})"
        self._tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""

    def __call__(self, *rows: models.Model) -> int:
        """Insert the rows; return how many were."""
        sql = self._head + ", ".join([self._row] * len(rows)) + self._tail
        return self._writing.execute(sql, rows)


class PreparedUpdate:
    """An UPDATE of some fields of rows, composed once. Django's own signals are not sent."""

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        key: Any = model._meta.pk
        fields: list[Any] = [model._meta.get_field(name) for name in names]
        self._writing = Writing([*fields, key])
        changes = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
        self._sql = f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE {_quoted(key.column)} = %s"  # noqa: S608

    def __call__(self, *rows: models.Model) -> int:
        """Write the fields of these rows; return how many there were."""
        return self._writing.execute_each(self._sql, rows)


class Writing:
    """Hands the fields of rows to the database."""

    def __init__(self, fields: Sequence[Any]) -> None:
        self._fields = fields

    def execute(self, sql: str, rows: Sequence[models.Model]) -> int:
        """Execute a statement with the fields of all these rows; return how many were written."""
        there = connection()
        values = [value for row in rows for value in self._values(row, there)]
        with cursor_of(there) as cursor:
            cursor.execute(sql, values)
            return _written(rows, there, cursor)

    def execute_each(self, sql: str, rows: Sequence[models.Model]) -> int:
        """Execute a statement for each of these rows, which the database is sent together; return as ``execute``."""
        if len(rows) == 1:
            return self.execute(sql, rows)
        there = connection()
        with cursor_of(there) as cursor:
            cursor.executemany(sql, [self._values(row, there) for row in rows])
            return _written(rows, there, cursor)

    def _values(self, row: models.Model, there: Any) -> list[Any]:
        return [field.get_db_prep_save(getattr(row, field.attname), there) for field in self._fields]


def _written(rows: Sequence[models.Model], there: Any, cursor: Any) -> int:
    for row in rows:
        row._state.adding, row._state.db = False, there.alias
    written: int = cursor.rowcount
    return written


@contextmanager
def cursor_of(connection: Any) -> Iterator[Any]:
    """Open a cursor for a statement whose text is always the same, or differs by the number of rows alone.

    On PostgreSQL the values travel beside the text, so that the server plans it once for each connection, if the
    database's ``OPTIONS`` say so by ``prepare_threshold``. Django itself always writes the values into the text.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.cursor = connection.Database.Cursor(connection.connection)  # behind Django's own wrapper
        yield cursor


def _columns(fields: Sequence[Any]) -> str:
    return ", ".join(_quoted(field.column) for field in fields)


def _quoted(name: str) -> str:
    # PostgreSQL and SQLite quote names in the same way.
    return f'"{name}"'
