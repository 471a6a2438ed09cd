"""Which articles answer a question?"""

from ...description import ALWAYS
from ...operations.articles import PARAMETERS, READ, SUMMARY, Articles
from ..base import TenantView
from ..description import describe

TAG = "Articles"


class ArticlesView(Articles, TenantView):
    """``…/articles``: not in the vendor's API"""

    scopes = {"GET": READ}

    @describe(
        "findArticles",
        SUMMARY,
        tag=TAG,
        parameters=PARAMETERS,
        answers={200: ("What was found, the best first.", "Articles")},
        refusals=(400, *ALWAYS),
    )
    def get(self, request, **path):
        return self.find_articles()
