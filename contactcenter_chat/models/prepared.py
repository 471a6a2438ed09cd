"""How is a statement that every request makes spared being composed every time?

Django takes several times longer to compose such a statement than the database to execute it.
"""

from copy import copy

from django.db import connections, models, router
from django.utils.functional import cached_property


class Parameter(str):
    """The name of a value that is given when the query runs; stands where the value will."""


class Prepared:
    """A query for one row, composed once. ``build`` makes it, with a Parameter for each of ``names``.

    The values must be such that Django hands them to the database as they are: text, ids.
    """

    def __init__(self, build, *names):
        self._build = build
        self._names = names
        self._composed = None  # the queryset, its compiler, SQL and parameters

    def first(self, **values):
        """Return the row as an instance of its model, with what it selects of related ones; None without a row."""
        queryset, compiler, sql, parameters = self._compose()
        given = tuple(values[each] if isinstance(each, Parameter) else each for each in parameters)
        compiler = copy(compiler)
        compiler.connection = connections[compiler.using]  # this thread's
        compiler.as_sql = lambda *args, **kwargs: (sql, given)
        rows = queryset.all()
        rows.query.get_compiler = lambda *args, **kwargs: compiler
        return next(iter(rows), None)

    def _compose(self):
        if self._composed is None:
            queryset = self._build(**{name: Parameter(name) for name in self._names})
            compiler = queryset.query.get_compiler(queryset.db)
            self._composed = (queryset, compiler, *compiler.as_sql())
            compiler.connection = None  # it was this thread's, and the next thread has another
        return self._composed


class PreparedInsert:
    """An INSERT of one row of a model, composed once.

    With ``ignore_conflicts`` nothing is inserted where a unique constraint is in the way. As with ``bulk_create``,
    Django's own signals are not sent. A key that the database makes is not read back.
    """

    def __init__(self, model, *, ignore_conflicts=False):
        self._model = model
        self._on_conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
        self._fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]

    def __call__(self, row):
        """Insert the row; return whether it was."""
        connection = connections[router.db_for_write(self._model)]
        values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in self._fields]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            row._state.adding, row._state.db = False, connection.alias
            return cursor.rowcount == 1

    @cached_property
    def _sql(self):
        # PostgreSQL and SQLite quote names in the same way.
        columns = ", ".join(f'"{field.column}"' for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        table = self._model._meta.db_table
        return f'INSERT INTO "{table}" ({columns}) VALUES ({places}){self._on_conflict}'  # noqa: S608 (our own names)
