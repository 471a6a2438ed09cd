"""What axe finds on a page that keeps somebody from using it: its rules of impact *serious* and *critical*."""

from axe_playwright_python.sync_playwright import Axe

GRAVE = ("serious", "critical")


def faults_of(page, *, without=()):
    """Return a line for each place of the page, as it is shown now, that breaks a grave rule.

    Args:
        page: An open page.
        without: Selectors of what is not looked at, such as what another project wrote.
    """
    results = Axe().run(page, context={"exclude": [[each] for each in without]} if without else None)
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {' '.join(node['target'])}"
        for rule in results.response["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
