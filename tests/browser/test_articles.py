"""Articles in the admin, for whoever uses the pages in whichever way."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.knowledge.articles import Said
from contactcenter_chat.models import Article, ArticleFile
from tests.admin.conftest import address
from tests.factories import make_agent, make_article, make_article_file, make_user

from .accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}}
LONG = "Which of the many long and winding ways of paying one's fees in parts is the one that costs nothing?"


@pytest.fixture
def root():
    return SimpleNamespace(user=make_user("root", "Grace", "Hopper", is_staff=True, is_superuser=True))


@pytest.fixture
def article(center, same_storage):
    owner = make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")
    spanish = Said(
        ["¿Puedo pagar a plazos?", "¿Hay un plan de pagos?"], "Sí, en tres plazos.", "https://college.example"
    )
    make_article(center.tenant, LONG, answer="This one.", category="Fees", audience="agents", level="code")
    article = make_article(
        center.tenant, category="Fees", queues=[center.queue], owner=owner, versions={"es": spanish}, state="draft"
    )
    make_article_file(article, b"%PDF-1.7", f"payment plan {'very' * 30} long.pdf")
    make_article_file(article, name="fees.txt")
    return article


@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_nothing_keeps_anybody_from_using_them(open_page, root, article, locale, scheme, options, tmp_path):
    page = open_page(address("article_changelist"), root, color_scheme=scheme, locale=locale, **options)
    for name, path in (
        ("list", address("article_changelist")),
        ("form", address("article_change", article.pk)),
        ("files", address("article_files", article.pk)),
        ("file_delete", address("article_file_delete", article.pk, ArticleFile.objects.first().pk)),
        ("import", address("article_import")),
    ):
        page.goto(page.url.partition("/admin")[0] + path)
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_language_is_added_and_another_taken_away_without_scripts(open_page, root, article):
    page = open_page(address("article_change", article.pk), root, java_script_enabled=False)
    page.locator("[name=versions-2-language]").fill("fr")
    page.locator("[name=versions-2-questions]").fill("Puis-je payer en plusieurs fois ?")
    page.locator("[name=versions-2-answer]").fill("Oui.")
    page.locator("[name=versions-1-DELETE]").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert sorted(Article.objects.get(pk=article.pk).versions.values_list("language", flat=True)) == ["en", "fr"]


def test_a_file_is_added_and_another_deleted_without_scripts(open_page, root, article):
    page = open_page(address("article_change", article.pk), root, java_script_enabled=False)
    page.get_by_role("link", name="Files (2)").click()
    spanish = page.locator("section", has_text="¿Puedo pagar a plazos?")
    file = {"name": "plazos.txt", "mimeType": "text/plain", "buffer": b"Tres"}
    spanish.get_by_label("A file").set_input_files([file])
    spanish.get_by_role("button", name="Add").click()
    expect(page.get_by_text("The file plazos.txt was added (es).")).to_be_visible()
    page.get_by_role("link", name="Delete fees.txt").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The file fees.txt was deleted (en).")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="plazos.txt", exact=True).click()
    assert download.value.path().read_bytes() == b"Tres"
    names = sorted(file.name[:7] for file in ArticleFile.objects.all())
    assert names == ["payment", "plazos."]
