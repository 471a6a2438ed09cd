"""Which articles answer a question? In all formats alike: none of the vendors' has anything of it."""


def articles(found, *, by_meaning, link_to):
    """What was found, the best first.

    Args:
        found: ``queries.articles.Shown``, each.
        by_meaning: Whether they were found by what they mean, or by their words alone.
        link_to: Makes the link to a file, of its id.
    """
    return {"articles": [_article(each, link_to) for each in found], "isByMeaning": by_meaning}


def _article(each, link_to):
    return {
        "articleId": each.article.pk,
        "language": each.version.language,
        "question": each.version.title,
        "answer": each.version.answer,
        "passage": each.passage,
        "link": each.version.link or None,
        "category": each.article.category or None,
        "files": [
            {"name": file.name, "contentType": file.content_type, "size": file.size, "url": link_to(file.pk)}
            for file in each.files
        ],
    }
