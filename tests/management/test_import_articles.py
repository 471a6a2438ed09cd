"""The command that imports articles."""

import pytest
from django.core.management import CommandError, call_command

from contactcenter_chat.models import Article
from tests import factories

pytestmark = pytest.mark.django_db
FEES = "---\nquestions: [Can I pay in parts?]\n---\n\nYes.\n"
PLAN = "+ articles / Can I pay in parts? (en)\n"


@pytest.fixture
def tenant():
    return factories.make_center("college").tenant


def test_a_folder_is_shown_then_imported(tenant, tmp_path, capsys):
    (tmp_path / "fees.en.md").write_text(FEES)
    call_command("import_articles", tmp_path, "--tenant", "college", "--dry-run")
    shown, said = capsys.readouterr()
    assert shown.startswith(PLAN)
    assert "+ articles / Can I pay in parts? (en) / answer: Yes.\n" in shown
    assert said == "dry run: nothing is imported\n"
    assert not Article.objects.exists()
    call_command("import_articles", tmp_path, "--tenant", "college")
    assert tuple(capsys.readouterr()) == (PLAN, "")
    assert Article.objects.get().tenant == tenant
    call_command("import_articles", tmp_path, "--tenant", "college")
    assert tuple(capsys.readouterr()) == ("nothing to do\n", "")


def test_a_table_is_imported(tenant, tmp_path, capsys):
    path = tmp_path / "articles.csv"
    path.write_text("questions,answer\nCan I pay in parts?,Yes.\n")
    call_command("import_articles", path, "--tenant", "college")
    assert capsys.readouterr().out == PLAN


def test_what_is_wrong_is_told_by_file_and_line(tenant, tmp_path, capsys):
    (tmp_path / "a.md").write_text("words")
    (tmp_path / "b.md").write_text("---\nquestions: []\n---\nYes.")
    with pytest.raises(CommandError, match=r"Nothing was imported: 2 errors in "):
        call_command("import_articles", tmp_path, "--tenant", "college")
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("a.md: line 1: ")
    assert second.startswith("b.md: line 2: questions: ")
    assert not Article.objects.exists()


def test_what_is_not_there_is_told(tenant, tmp_path):
    with pytest.raises(CommandError, match="There is no tenant nobody"):
        call_command("import_articles", tmp_path, "--tenant", "nobody")
    with pytest.raises(CommandError, match=r"gone\.csv cannot be read: No such file"):
        call_command("import_articles", tmp_path / "gone.csv", "--tenant", "college")
