"""Which files has an article, in each language? They are looked at, added and deleted, all without scripts."""

from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Prefetch, When
from django.http import Http404, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from ..actions.knowledge import files
from ..attachments.downloads import send_file
from ..attachments.storing import Received
from ..conf import settings
from ..database import without_transaction
from ..exceptions import ContactCenterError, NotFound
from ..isolates import filled
from ..models import ArticleFile
from ..models.article_files import ArticleFileState
from ..queries.article_files import file_of
from .actions import AS_WRITTEN
from .names import said_by, said_of, told

ADDED, DELETED = _("The file %(file)s was added (%(language)s)."), _("The file %(file)s was deleted (%(language)s).")


class UploadForm(forms.Form):
    file = forms.FileField(label=_("A file"), allow_empty_file=True)


def pages(model_admin):
    """The addresses of these pages, which are answered with no transaction open: files are read and written."""

    def page(route, answer, name):
        view = model_admin.admin_site.admin_view(partial(answer, model_admin))
        name = f"contactcenter_chat_article_{name}"
        return path(f"<str:object_id>/files/{route}", without_transaction(view), name=name)

    return [
        page("", files_view, "files"),
        page("<str:file_id>/download/", file_view, "file"),
        page("<str:file_id>/delete/", delete_view, "file_delete"),
    ]


def files_view(model_admin, request, object_id):
    """The files of an article by languages, and a form for one more in each."""
    article = _article_or_404(model_admin, request, object_id)
    may_change = model_admin.has_change_permission(request, article)
    versions = _versions(article)
    refused = None
    if request.method == "POST":
        version = next((each for each in versions if each.pk == request.POST.get("version")), None)
        if version is None or not may_change:
            raise Http404 if may_change else PermissionDenied
        refused = UploadForm(request.POST, request.FILES, prefix=version.pk)
        if refused.is_valid() and _added(model_admin, request, article, version, refused):
            return _back(article)
    context = {
        "title": _("Files"),
        "may_change": may_change,
        "rows": [_row(version, may_change, refused) for version in versions],
        "most": files.FILES_MOST,
        "size": filesizeformat(settings.ATTACHMENT_MAX_BYTES),
    }
    return _page(model_admin, request, article, "files", context)


def file_view(model_admin, request, object_id, file_id):
    """The file itself."""
    article = _article_or_404(model_admin, request, object_id)
    try:
        return send_file(request, file_of(article.versions.all(), unquote(file_id)))
    except NotFound as refusal:
        raise Http404 from refusal
    except ContactCenterError as refusal:
        model_admin.message_user(request, refusal.translated, messages.ERROR)
        return _back(article)


def delete_view(model_admin, request, object_id, file_id):
    """Ask whether to delete a file, and do it."""
    article = _article_or_404(model_admin, request, object_id)
    if not model_admin.has_change_permission(request, article):
        raise PermissionDenied
    file = next((each for each in _shown(article) if each.pk == unquote(file_id)), None)
    if file is None:
        raise Http404
    if request.method == "POST":
        _delete(model_admin, request, article, file)
        return _back(article)
    context = {"title": _("Delete"), "file": file, "back": _address(article)}
    return _page(model_admin, request, article, "file_delete", context)


def count_of(article):
    """How many files the page shows."""
    return _shown(article).count()


def _article_or_404(model_admin, request, object_id):
    article = model_admin.get_object(request, unquote(object_id))
    if article is None:
        raise Http404
    if not model_admin.has_view_or_change_permission(request, article):
        raise PermissionDenied
    return article


def _shown(article):
    """Those that are there, or come, or never came."""
    rows = ArticleFile.objects.exclude(state=ArticleFileState.REMOVED)
    return rows.filter(version__article=article).select_related("version")


def _versions(article):
    main_first = Case(When(language=article.language, then=0), default=1)
    there = Prefetch("files", _shown(article), to_attr="shown")
    return list(article.versions.order_by(main_first, "language").prefetch_related(there))


def _row(version, may_change, refused):
    is_this = refused is not None and refused.prefix == version.pk
    has_room = may_change and len(version.shown) < files.FILES_MOST
    form = refused if is_this else UploadForm(prefix=version.pk) if has_room else None
    return {"version": version, "files": version.shown, "form": form}


def _added(model_admin, request, article, version, form):
    """Whether the file was kept; what the verb refuses is an error of the form."""
    upload = form.cleaned_data["file"]
    try:
        with Received() as received:
            for chunk in upload.chunks():
                received.write(chunk)
            file = files.add_file(version=version, name=upload.name, received=received)
    except ContactCenterError as refusal:
        form.add_error("file", said_by(refusal))
        return False
    _tell(model_admin, request, article, ADDED, file=file.name, language=version.language)
    return True


def _delete(model_admin, request, article, file):
    try:
        files.remove_file(file)
    except ContactCenterError as refusal:
        model_admin.message_user(request, said_of(file, said_by(refusal)), messages.ERROR, AS_WRITTEN)
    else:
        _tell(model_admin, request, article, DELETED, file=file.name, language=file.version.language)


def _tell(model_admin, request, article, sentence, **places):
    model_admin.log_change(request, article, filled(sentence, **places))
    model_admin.message_user(request, told(sentence, **places), messages.SUCCESS)


def _address(article):
    return reverse("admin:contactcenter_chat_article_files", args=[quote(article.pk)])


def _back(article):
    return HttpResponseRedirect(_address(article))


def _page(model_admin, request, article, name, context):
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "article": article,
        **context,
    }
    return TemplateResponse(request, f"admin/contactcenter_chat/article/{name}.html", context)
