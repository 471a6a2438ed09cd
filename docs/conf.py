"""How is the documentation built? ``sphinx-build -W docs OUT`` makes the pages."""

from contactcenter_chat import __version__

project = "django-contactcenter-chat"
author = "The django-contactcenter-chat contributors"
release = version = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_show_sphinx = False
html_copy_source = False
