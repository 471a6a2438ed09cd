"""Have articles come in from a folder of files of Markdown, or from a table: show what would change, change it.

manage.py import_articles FOLDER_OR_CSV --tenant LABEL [--dry-run]
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ...actions.setup.articles_import import (
    ArticlesRefused,
    import_articles,
    read_articles,
    read_articles_folder,
)
from ...actions.setup.articles_preview import preview
from ...exceptions import ContactCenterError
from ...exports.folder_reading import read_folder
from ...exports.table_reading import MAX_BYTES
from ...isolates import unturned
from ...queries.simulation import tenant_labelled


class Command(BaseCommand):
    help = "Make and change the articles that a folder of Markdown, or a table, describes, all or nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "path", metavar="FOLDER_OR_CSV", help="A folder with .md files, a zip of it, or a CSV file."
        )
        parser.add_argument("--tenant", required=True, metavar="LABEL")
        parser.add_argument("--dry-run", action="store_true", help="Only show what would be done.")

    def handle(self, *, path, tenant, dry_run, **options):
        found = tenant_labelled(tenant)
        if found is None:
            raise CommandError(f"There is no tenant {tenant}.")
        try:
            plan = import_articles(_read(Path(path)), tenant=found, dry_run=dry_run)
        except ArticlesRefused as refusal:
            for problem in refusal.problems:
                self.stderr.write(unturned(problem.told))
            count = len(refusal.problems)
            raise CommandError(
                f"Nothing was imported: {count} error{'s' if count > 1 else ''} in {path}."
            ) from refusal
        except ContactCenterError as refusal:
            raise CommandError(unturned(refusal.translated)) from refusal
        if dry_run:
            self.stderr.write("dry run: nothing is imported")
        lines = [line.told for line in preview(plan)] if dry_run else plan.lines
        self.stdout.write("\n".join(lines) if lines else "nothing to do")


def _read(path):
    try:
        if path.is_dir():
            return read_articles_folder(read_folder(path))
        with path.open("rb") as opened:
            return read_articles(opened.read(MAX_BYTES + 1))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
