"""Which articles answer a question?"""

from ...operations.articles import GET, Articles
from ..base import GatewayView
from ..description import describe


class ArticlesView(Articles, GatewayView):
    """``…/articles``: not in the vendor's API"""

    @describe(**GET)
    def get(self, request):
        return self.find_articles()
