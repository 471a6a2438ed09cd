"""How does a customer read a file of an article? By the link that came with it, while the article may be read."""

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.http import require_safe

from ..attachments.downloads import by_link, send_file
from ..attachments.links import ARTICLE_FILE
from ..database import without_transaction
from ..exceptions import NotFound
from ..queries.article_files import file_of, kept
from ..queries.articles import for_customers


@login_not_required  # the link's signature is what counts
@without_transaction
@require_safe
def article_file(request, file_id):
    """A file of an article, for whoever has a good link to it."""
    return by_link(request, file_id, ARTICLE_FILE, lambda: send_file(request, _readable(file_id)))


def _readable(file_id):
    file = kept().filter(pk=file_id).first()
    if file is None:
        raise NotFound("file", file_id)
    return file_of(for_customers(file.tenant_id), file_id)
