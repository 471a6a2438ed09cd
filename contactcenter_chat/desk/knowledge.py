"""What an agent is told of what is known: suggestions in a chat, and what the agent looks for."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from ..actions.knowledge import files, questions, uses
from ..attachments.downloads import send_file
from ..exceptions import Conflict, NotFound
from ..models.knowledge import Audience
from ..queries import article_files, article_words, articles, desk, suggestions
from .attachments import uploaded
from .base import part

TRIES_MOST = 8  # then the words alone say it, for as long as no worker comes to it
RESULTS_MOST = 20
TYPED_MOST = 200  # characters


@require_POST
@part
def suggest(request, conversation_id):
    """What may answer the customer's last words. While a worker looks, the answer asks again by itself."""
    interaction = desk.handled_in(request.agent, desk.conversation_for(request.agent, conversation_id))
    if interaction is None:
        return HttpResponse(status=204)  # it has ended meanwhile, of which the page hears otherwise
    question = questions.ask(interaction)
    tries = _number(request.POST.get("tries"))
    waits = question is not None and question.found is None and tries < TRIES_MOST
    return render(
        request,
        "contactcenter_chat/desk/suggestions.html",
        {
            "conversation": interaction.conversation,
            "question": question,
            "waits": waits,
            "tries": tries + 1,
            "is_by_meaning": questions.is_by_meaning(),
            "shown": [] if waits or question is None else _shown(request.agent, interaction, question),
        },
    )


@require_POST
@part
def refuse(request, conversation_id, article_id):
    """It did not fit: the other suggestions are shown."""
    interaction = _handled(request.agent, conversation_id)
    uses.refuse(interaction, request.agent, article_id)
    return suggest(request, conversation_id)


@require_POST
@part
def insert(request, conversation_id, article_id):
    """The agent takes an article over: its words, in the customer's language if there is one.

    Its files are named, each with the address that takes it over, too.
    """
    interaction = _handled(request.agent, conversation_id)
    versions = articles.for_agent(request.agent, interaction.queue_id)
    shown = articles.article_for(versions, article_id, _languages(request.agent, interaction.conversation))
    if shown.article.audience == Audience.AGENTS:
        raise Conflict(_("This article is for agents alone: say it in your own words."))
    uses.note_inserted(interaction, request.agent, shown.version)
    taken_over = [{"name": file.name, "url": _attach_url(conversation_id, file)} for file in shown.files]
    return JsonResponse({"text": suggestions.words_of(shown.version), "files": taken_over})


@require_POST
@part
def attach(request, conversation_id, file_id):
    """The agent takes a file of an article over: it stands among those to be sent, as if it was uploaded."""
    interaction = _handled(request.agent, conversation_id)
    versions = articles.for_agent(request.agent, interaction.queue_id).exclude(article__audience=Audience.AGENTS)
    file = article_files.file_of(versions, file_id)
    return uploaded(files.attach_file(file, conversation_id=interaction.conversation_id, agent=request.agent))


@require_safe
@part
def file(request, file_id):
    """A file of an article, to look at."""
    return send_file(request, article_files.file_of(_place(request)[-1], file_id))


@require_GET
@part
def search(request):
    """The sheet: what has these words, for a chat or for none."""
    conversation, handled, versions = _place(request)
    typed = request.GET.get("words", "")[:TYPED_MOST]
    languages = _languages(request.agent, conversation)
    found: dict[str, str] = {}
    known = articles.languages_of(request.agent.tenant_id)
    for version in article_words.with_words(versions, typed, known, RESULTS_MOST * 2):
        found.setdefault(version.article_id, version.pk)
    shown = articles.in_languages(versions, dict(list(found.items())[:RESULTS_MOST]), languages, {})
    return render(
        request,
        f"contactcenter_chat/desk/{'articles_found' if 'words' in request.GET else 'articles'}.html",
        {
            "conversation": conversation,
            "handled": handled,
            "typed": typed.strip(),
            "shown": shown,
            "is_by_meaning": questions.is_by_meaning(),
        },
    )


@require_GET
@part
def article(request, article_id):
    """The sheet: one article, all of it."""
    conversation, handled, versions = _place(request)
    shown = articles.article_for(versions, article_id, _languages(request.agent, conversation))
    return render(
        request,
        "contactcenter_chat/desk/article.html",
        {"conversation": conversation, "handled": handled, "each": shown},
    )


def _shown(agent, interaction, question):
    found = questions.found_by_words(question) if question.found is None else question.found
    shown = suggestions.suggested(agent, interaction, found)
    uses.note_shown(interaction, agent, [each.version for each in shown])
    return shown


def _attach_url(conversation_id, file):
    return reverse("contactcenter_chat:desk:attach_article_file", args=[conversation_id, file.pk])


def _handled(agent, conversation_id):
    interaction = desk.handled_in(agent, desk.conversation_for(agent, conversation_id))
    if interaction is None:
        raise NotFound("interaction", conversation_id)
    return interaction


def _place(request):
    """The chat for which it is, if it is for one; the agent's interaction in it; and what the agent may see there."""
    chat = request.GET.get("chat")
    conversation = desk.conversation_for(request.agent, chat) if chat else None
    handled = desk.handled_in(request.agent, conversation) if conversation else None
    return conversation, handled, articles.for_agent(request.agent, handled.queue_id if handled else None)


def _languages(agent, conversation):
    return suggestions.languages_for(agent, conversation.language if conversation else "")


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 4 else 0
