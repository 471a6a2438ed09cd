"""How is the documentation built? ``sphinx-build -W docs OUT`` makes it; the reference is read from the code."""

import os
import sys
from pathlib import Path

import django
from django.db.models import Model

from contactcenter_chat import __version__

# Models can be imported only in a project: the example stands for yours.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
os.environ.setdefault("SECRET_KEY", "only-for-this-build")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
django.setup()

project = "django-contactcenter-chat"
author = "The django-contactcenter-chat contributors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types in signatures: of Django, of Python, or not public

autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False
add_module_names = False

html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_show_sphinx = False
html_copy_source = False


def list_fields(app, what, name, described, options, lines):
    """Under a model, name its fields."""
    if what == "class" and issubclass(described, Model):
        lines += ["", "Fields: " + ", ".join(f"``{field.name}``" for field in described._meta.fields) + "."]


def leave_arguments_out(app, what, name, described, options, signature, returns):
    """A model is made by verbs, whatever its ``__init__`` takes."""
    if what == "class" and issubclass(described, Model):
        return "", returns
    return None


def setup(app):
    app.connect("autodoc-process-docstring", list_fields)
    app.connect("autodoc-process-signature", leave_arguments_out)
