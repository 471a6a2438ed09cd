"""Which names on a page would turn what stands beside them?"""

from contactcenter_chat.isolates import unturned

NAME = "\u202eesoR"  # as somebody may have called themselves before it was refused
# What is a paragraph of its own, or an isolate: writing is not turned beyond its edges.
EDGES = ["bdi", "td", "th", "li", "dt", "dd", "p", "h1", "h2", "h3", "textarea", "legend", "div"]
PLAIN = ["title", "option"]  # which hold nothing but text, and are paragraphs of their own


def unisolated(page, name=NAME):
    """The text around each place where the name, unturned or not, is not alone within an edge; ``page`` is parsed."""
    found, name = [], unturned(name)
    for text in page.find_all(string=lambda text: name in text):
        if text.parent.name in PLAIN:
            continue
        edge = text.find_parent(lambda element: element.name in EDGES or element.has_attr("dir"))
        around = " ".join((edge or text.parent).get_text(" ").split())
        if edge is None or unturned(around) != name:
            found.append(around)
    return found
