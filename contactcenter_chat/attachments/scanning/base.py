"""What is a scanner?"""

from typing import IO

from django.utils.module_loading import import_string

from ...conf import settings


class Scanner:
    """Looks into files, with no transaction open.

    A Celery worker calls it, or a web process when staff add a file to an article.
    """

    def scan(self, file: IO[bytes]) -> str:
        """Return the name of what was found in a file that is open for reading bytes, empty for a clean one.

        Whatever it raises means that it cannot say: the file stays in quarantine, and is looked at again later; one
        for an article is refused.
        """
        raise NotImplementedError


def scanner() -> Scanner | None:
    """Return the scanner of the settings, or None."""
    return import_string(settings.ATTACHMENT_SCANNER)() if settings.ATTACHMENT_SCANNER else None
