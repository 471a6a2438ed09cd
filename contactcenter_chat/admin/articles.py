"""What is known, in which languages, for whom? Questions with their answers, and what agents make of them."""

from functools import partial

from django import forms
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db import models
from django.db.models import Case, Count, F, Prefetch, When
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import format_html_join
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from ..actions.knowledge import articles, questions
from ..exceptions import Invalid
from ..knowledge.base import model_named
from ..models import Agent, Article, ArticleVersion, Queue, people
from ..models.language_tags import checked_tag
from ..queries import access
from ..queries.article_use import to_be_looked_at, use_of
from ..queries.articles import without_vectors
from ..queries.phrasings import confirmed_of
from ..queries.unanswered import open_questions, words_of
from . import article_files, articles_import
from .actions import for_each
from .base import TenantAdmin, VerbForm
from .lists import AnyTenantFilter, SelectFilter
from .names import isolated, said_by
from .row_conflicts import KeepsOthersRows
from .skills_pages import query_of

DEFAULT_LANGUAGE = "en"
OWN = (
    *("tenant", "state", "language", "category", "audience", "level", "queues"),
    *("valid_from", "valid_to", "owner", "review_on"),
)
MORE_SHOWN = ("source", "created_at", "changed_at", "use_shown")


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 80, "dir": "auto"})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = value if isinstance(value, list) else (value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial, data):
        return self.to_python(initial) != self.to_python(data)


class VersionForm(forms.ModelForm):
    """What an article says in one language; each field is checked as the verb does it."""

    questions = LinesField(
        label=_("Questions"), help_text=_("One a line: the question, then other ways in which people ask it.")
    )

    class Meta:
        model = ArticleVersion
        fields = ("language", "questions", "answer", "link")
        field_classes = {"link": forms.CharField}  # which adds no scheme of its own choice
        widgets = {
            "language": forms.TextInput(attrs={"size": 10}),
            "answer": forms.Textarea(attrs={"rows": 6, "cols": 80, "dir": "auto"}),
        }

    def __init__(self, *args, main=None, **kwargs):
        """``main`` is the main language of a new article, of which nobody need say it twice."""
        super().__init__(*args, **kwargs)
        self.main = main
        if main is not None:
            self.fields["language"].required = False
            self.fields["language"].help_text = _("Empty: the main language.")

    def clean_language(self):
        self.cleaned_data["language"] = self.cleaned_data["language"] or self.main
        # Without a main one the article's own field complains.
        return self._checked("language", checked_tag) if self.cleaned_data["language"] else ""

    def clean_questions(self):
        return self._checked("questions", articles.checked_questions)

    def clean_answer(self):
        return self._checked("answer", articles.checked_answer)

    def clean_link(self):
        return self._checked("link", articles.checked_link)

    def validate_constraints(self):
        """Two rows may change places: the rows are compared with each other, and saved all at once."""

    def _checked(self, name, check):
        try:
            return check(self.cleaned_data[name])
        except Invalid as refusal:
            raise forms.ValidationError(said_by(refusal)) from refusal


class VersionFormSet(KeepsOthersRows):
    told_by = "language"

    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index)
        is_first = self.instance._state.adding and not index
        return {**kwargs, "main": self.instance.language} if is_first else kwargs

    def said(self):
        """What the article is to say, by languages."""
        kept = [form for form in self.forms if form.has_changed() or not form.instance._state.adding]
        chosen = [form.cleaned_data for form in kept if form not in self.deleted_forms]
        return {
            given["language"]: articles.Said(given["questions"], given["answer"], given["link"]) for given in chosen
        }

    def retagged(self):
        """The languages that are called otherwise in rows that were there: old to new tag."""
        kept = [form for form in self.initial_forms if form not in self.deleted_forms]
        tags = {form.initial["language"]: form.cleaned_data["language"] for form in kept}
        return {old: new for old, new in tags.items() if old != new}


class VersionInline(admin.StackedInline):
    model = ArticleVersion
    form = VersionForm
    formset = VersionFormSet
    fields = ("language", "questions", "answer", "link")
    extra = 1  # so that a language is added without a script, too
    max_num = articles.LANGUAGES_MOST
    verbose_name_plural = _("what it says, in each language")

    def get_queryset(self, request):
        main_first = Case(When(language=F("article__language"), then=0), default=1)
        return super().get_queryset(request).order_by(main_first, "language")

    def get_fields(self, request, obj=None):
        may_write = self.has_change_permission(request, obj)
        return self.fields if may_write else ("language", "questions_shown", "answer", "link")

    def get_readonly_fields(self, request, obj=None):
        return () if self.has_change_permission(request, obj) else ("questions_shown",)

    @admin.display(description=_("questions"))
    def questions_shown(self, version):
        return format_html_join("", "<div><bdi>{}</bdi></div>", ((each,) for each in version.questions))

    # Whoever may change an article may change what it says.

    def has_view_permission(self, request, obj=None):
        return _may(request, "view") or _may(request, "change")

    def has_change_permission(self, request, obj=None):
        return _may(request, "change" if obj else "add") and not (obj and obj.source)

    has_add_permission = has_delete_permission = has_change_permission


def _may(request, kind):
    return request.user.has_perm(f"contactcenter_chat.{get_permission_codename(kind, Article._meta)}")


class ArticleForm(VerbForm):
    class Meta:
        model = Article
        fields = OWN
        widgets = {"language": forms.TextInput(attrs={"size": 10})}

    def clean_language(self):
        try:
            return checked_tag(self.cleaned_data["language"])
        except Invalid as refusal:
            raise forms.ValidationError(said_by(refusal)) from refusal

    def clean(self):
        data = super().clean()
        try:
            articles.check_period(data.get("valid_from"), data.get("valid_to"))
        except Invalid as refusal:  # before the table says it in its own words
            self.add_error(refusal.field, said_by(refusal))
        return data


class OfTenants(SelectFilter):
    """A filter whose choices are what the reader's articles have."""

    def articles(self, request):
        """Those that the reader may see."""
        return access.seen_by(request.user, Article.objects.order_by())


class CategoryFilter(OfTenants):
    title = _("category")
    parameter_name = "category"

    def lookups(self, request, model_admin):
        found = self.articles(request).exclude(category="").values_list("category", flat=True).distinct()
        return [(each, each) for each in sorted(found, key=str.casefold)]

    def narrow(self, queryset, value):
        return queryset.filter(category=value)


class LanguageFilter(OfTenants):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        found = self.articles(request).exclude(versions=None).values_list("versions__language", flat=True).distinct()
        return [(each, each) for each in sorted(found)]

    def narrow(self, queryset, value):
        return queryset.filter(pk__in=ArticleVersion.objects.filter(language=value).values("article"))


class QueueFilter(OfTenants):
    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        queues = Queue.objects.filter(articles__in=self.articles(request)).distinct().select_related("tenant")
        return [(queue.pk, queue.name) for queue in queues.order_by("name", "pk")]

    def narrow(self, queryset, value):
        return queryset.filter(pk__in=Article.queues.through.objects.filter(queue=value).values("article"))


class OwnerFilter(OfTenants):
    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request, model_admin):
        owners = Agent.objects.filter(articles__in=self.articles(request)).distinct().select_related("user")
        return [(agent.pk, str(agent)) for agent in owners.order_by(*people.sort_fields("user"), "pk")]

    def narrow(self, queryset, value):
        return queryset.filter(owner=value)


class AgainFilter(SelectFilter):
    """Those that somebody should look at."""

    title = _("review")
    parameter_name = "again"

    def lookups(self, request, model_admin):
        return [("1", _("due, or edited in most chats"))]

    def narrow(self, queryset, value):
        return to_be_looked_at(queryset)


def _asked(request):
    """The question of a customer with which an article is begun, if it is one of the user's centres'."""
    pk = request.GET.get("question")
    return access.seen_by(request.user, open_questions()).filter(pk=pk).first() if pk else None


def _usual_language(request):
    """The language that most of the articles have which the reader may see; without any, that of the page."""
    seen = access.seen_by(request.user, Article.objects.order_by())
    found = seen.values_list("language").annotate(count=Count("pk")).order_by("-count", "language").first()
    return found[0] if found else (get_language() or DEFAULT_LANGUAGE).partition("-")[0]


def _how_they_are_found():
    """By meaning or by words, and how far that is."""
    model = model_named()
    if not model:
        return _("Found by their words alone: no embedder is set up.")
    left = without_vectors(model).count()
    if not left:
        return _("Found by their meaning.")
    told = ngettext(
        "%(count)d version is still to be understood", "%(count)d versions are still to be understood", left
    )
    return _("Found by their meaning; %(left)s.") % {"left": told % {"count": left}}


@admin.register(Article)
class ArticleAdmin(TenantAdmin):
    form = ArticleForm
    inlines = (VersionInline,)
    list_display = (
        *("question_shown", "tenant", "category", "languages_shown"),
        *("audience", "state"),  # narrowed by level, queues and owner; so many columns have room
    )
    list_select_related = ("tenant",)
    list_filter = (
        *(AnyTenantFilter, "state", CategoryFilter, "audience", LanguageFilter, QueueFilter),
        *(OwnerFilter, AgainFilter),
    )
    search_fields = ("versions__title", "versions__answer", "category")
    ordering = ("category", "pk")
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    actions = ("publish", "retire")

    def get_queryset(self, request):
        versions = ArticleVersion.objects.only("article", "language", "title").order_by("language")
        queues = Queue.objects.only("name").order_by("name", "pk")
        return (
            super().get_queryset(request).prefetch_related(Prefetch("versions", versions), Prefetch("queues", queues))
        )

    def get_fields(self, request, obj=None):
        kept = MORE_SHOWN if obj and obj.source else MORE_SHOWN[1:]
        return (*OWN, *(kept if obj else ()))

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(MORE_SHOWN if obj else ())]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.source)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.source)

    change_list_template = "admin/contactcenter_chat/article/list.html"
    change_form_template = "admin/contactcenter_chat/article/change_form.html"

    def get_urls(self):
        view, name = self.admin_site.admin_view, "contactcenter_chat_article"
        pages = {
            "import": articles_import.import_view,
            "csv": articles_import.csv_view,
            "zip": articles_import.zip_view,
        }
        own = [path(f"{page}/", view(partial(answer, self)), name=f"{name}_{page}") for page, answer in pages.items()]
        return [*own, *article_files.pages(self), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context = {**context, "file_count": article_files.count_of(obj) if obj else 0}
        return super().render_change_form(request, context, add, change, form_url, obj)

    # One that is begun with what a customer asked

    def get_changeform_initial_data(self, request):
        initial = {"language": _usual_language(request), **super().get_changeform_initial_data(request)}
        question = _asked(request)
        if question is None:
            return initial
        own = {"tenant": question.tenant_id, **({"language": question.language} if question.language else {})}
        return {**initial, **own}

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        question = _asked(request) if obj._state.adding else None
        said = words_of([question]).get(question.pk) if question and access.may_read(request.user) else None
        if said and question:
            asked = " ".join(said.split())[: articles.QUESTION_MOST]
            kwargs["initial"] = [{"questions": [asked]}]
        return kwargs

    def changelist_view(self, request, extra_context=None):
        may_import = self.has_add_permission(request) and self.has_change_permission(request)
        context = {"query": query_of(request), "may_import": may_import, "subtitle": _how_they_are_found()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description=_("question"))
    def question_shown(self, article):
        return isolated(str(article))

    @admin.display(description=_("languages"))
    def languages_shown(self, article):
        others = [version.language for version in article.versions.all() if version.language != article.language]
        return ", ".join([article.language, *others])

    @admin.display(description=_("use in the last 90 days"))
    def use_shown(self, article):
        return render_to_string(
            "admin/contactcenter_chat/article/use.html", {"use": use_of(article), "confirmed": confirmed_of(article)}
        )

    def save_model(self, request, obj, form, change):
        pass  # the verb writes it together with what it says

    def save_related(self, request, form, formsets, change):
        (versions,) = formsets
        versions.save(commit=False)  # so that the history tells what was changed
        articles.save_article(
            form.instance,
            versions=versions.said(),
            queues=form.cleaned_data["queues"],
            retagged=versions.retagged(),
        )
        question = None if change else _asked(request)
        if question is not None and question.tenant_id == form.instance.tenant_id:
            questions.settle(question)

    def get_deleted_objects(self, objs, request):
        """The articles: what hangs on one is not told row by row."""
        _all, _counts, lacking, protected = super().get_deleted_objects(objs, request)
        return (
            [isolated(str(each)) for each in objs],
            {Article._meta.verbose_name_plural: len(objs)},
            lacking,
            protected,
        )

    def delete_model(self, request, obj):
        articles.delete_article(obj)

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        for_each(self, request, queryset, articles.publish, _("%(row)s was published."))

    @admin.action(description=_("Retire"), permissions=["change"])
    def retire(self, request, queryset):
        for_each(self, request, queryset, articles.retire, _("%(row)s was retired."))
