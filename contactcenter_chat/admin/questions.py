"""What do customers ask that no article answers? The newest first, each with what was nearest to it."""

from urllib.parse import urlencode

from django.contrib import admin
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from ..actions.knowledge import questions
from ..models import Article, Conversation, Question
from ..queries import access
from ..queries.unanswered import nearest_of, open_questions, words_of
from .actions import for_each
from .base import ReadOnly, TenantAdmin
from .links import linked, may, page_of
from .lists import NewestFirstAdmin, TenantFilter

SHOWN = 300  # characters


@admin.register(Question)
class QuestionAdmin(ReadOnly, TenantAdmin, NewestFirstAdmin):
    """The list alone: what was said stands in the chat."""

    time = "asked_at"
    list_display = ("asked_at", "said", "language", "nearest", "article")
    list_display_links = None
    list_filter = (TenantFilter,)
    fields = ("tenant", "asked_at", "conversation", "language", "best")
    actions = ("settle",)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=open_questions().values("pk"))

    def indexed(self, request, tenant):
        return open_questions().filter(tenant=tenant)

    def has_settle_permission(self, request):
        return request.user.has_perm("contactcenter_chat.change_question")

    def with_more(self, request, changelist, rows):
        said = words_of(rows) if access.may_read(request.user) else {}
        nearest = nearest_of(rows)
        for row in rows:
            row.said_shown, row.nearest_shown = said.get(row.pk, ""), nearest[row.pk]
        return rows

    @admin.display(description=_("what was asked"))
    def said(self, question):
        shown = truncatechars(question.said_shown, SHOWN) or _("not for you to read")
        return linked(
            question.read_by,
            Conversation,
            page_of(Conversation, question.conversation_id),
            format_html('<span dir="auto">{}</span>', shown),
        )

    @admin.display(description=_("nearest articles"))
    def nearest(self, question):
        if not question.nearest_shown:
            return _("none")
        shown = (
            (
                linked(question.read_by, Article, page_of(Article, pk), format_html("<bdi>{}</bdi>", title)),
                _told(score),
            )
            for pk, title, score in question.nearest_shown
        )
        return format_html_join("", "<div>{} {}</div>", shown)

    @admin.display(description=_("article"))
    def article(self, question):
        if not may(question.read_by, Article, "add"):
            return ""
        address = f"{reverse('admin:contactcenter_chat_article_add')}?{urlencode({'question': question.pk})}"
        return format_html('<a href="{}">{}</a>', address, _("Write one"))

    @admin.action(description=_("Settle: no article is needed"), permissions=["settle"])
    def settle(self, request, queryset):
        for_each(self, request, queryset, questions.settle, _("Settled."))


def _told(score):
    return "" if score is None else format_html('<span class="quiet">{}</span>', number_format(score, 2))
