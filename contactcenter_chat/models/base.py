"""What do ids look like, how long may a text be, and how are rows locked?"""

import base64
import secrets
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

ID_LENGTH = 22
Row = TypeVar("Row", bound=models.Model, covariant=True)  # of a QuerySet

if TYPE_CHECKING:
    TypedCharField = models.CharField[str, str]
else:
    TypedCharField = models.CharField  # which takes no types when it runs


def new_id() -> str:
    """Return an id of 22 characters of ``[A-Za-z0-9_-]``: 48 bits of time, then 80 random bits.

    The time in front keeps new rows together in the index; the random part cannot be guessed.
    """
    raw = int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def max_length(model: type[models.Model], field: str) -> int:
    """Return how many characters a table keeps in a text field: whoever checks or cuts a text asks here."""
    column: Any = model._meta.get_field(field)
    length: int = column.max_length
    return length


class IdField(TypedCharField):
    """A key, or what points to one; ids are compared as a whole.

    Django gives text columns a second index for searches by beginning. The type's full name keeps it from doing so:
    every foreign key would carry two indexes, and each write would pay for both.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        db_type = super().db_type(connection)
        if db_type and connection.vendor == "postgresql":
            return db_type.replace("varchar", "character varying")
        return db_type


class IdModel(models.Model):
    """A table whose key is such an id."""

    id = IdField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)

    class Meta:
        abstract = True


class LockingQuerySet(models.QuerySet[Row]):
    """Row locks that leave foreign key checks of other transactions alone."""

    def locked(self) -> Self:
        """Lock the rows of this table alone, until the transaction ends; joined rows stay free."""
        return self.select_for_update(of=("self",), no_key=True)
