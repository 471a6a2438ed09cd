"""Which files of the package are entered while something is done?"""

import inspect
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import contactcenter_chat

ROOT = Path(contactcenter_chat.__file__).parent


@contextmanager
def entered():
    """Collect the files of the package in which a function is called, by this thread and by those that it starts.

    Gives a set of paths below the package that is filled while the block runs. Bodies of modules and classes do not
    count, which run when something is imported, nor what has no file, such as the methods that dataclasses make.
    """
    files = set()

    def note(frame, event, _argument):
        if event == "call" and frame.f_code.co_flags & inspect.CO_OPTIMIZED:
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(ROOT):
                files.add(path.relative_to(ROOT).as_posix())

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield files
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
