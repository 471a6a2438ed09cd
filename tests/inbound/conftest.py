"""The fixtures of a remote centre."""

from tests.remote_center import _fresh_process, application, configure, here, network, run, there, wire  # noqa: F401
