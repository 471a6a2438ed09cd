"""Which settings are wrong, and what would be right? Django runs these whenever a project starts.

Errors are what cannot work; warnings what works but not as it should.

- ``settings``   all that can be told from the settings alone
- ``values``     of the right type, and sensible, by themselves and together
- ``paces``      how fast slower channels are
- ``providers``  who answers
- ``bots``       bots, and the model that assists agents
- ``knowledge``  where articles come from, and what makes vectors of them
- ``formats``    wire formats
- ``tools``      functions of the project
- ``databases``  where the tables are
- ``project``    what is there beside this app
- ``importing``  what a dotted path leads to
- ``messages``   how a complaint is numbered
"""

from .databases import check_database, check_routers
from .project import check_broker, check_deployment, check_project
from .settings import check_settings
from .tools import check_tools

__all__ = [
    "check_broker",
    "check_database",
    "check_deployment",
    "check_project",
    "check_routers",
    "check_settings",
    "check_tools",
]
