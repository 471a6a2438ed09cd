"""Which articles answer a question?"""

from ...operations.articles import GET, Articles
from ..base import TenantView
from ..description import describe


class ArticlesView(Articles, TenantView):
    """``…/articles``: not in the vendor's API"""

    @describe(**GET)
    def get(self, request, **path):
        return self.find_articles()
