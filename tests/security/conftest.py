"""The fixtures of the central system's tests serve here too."""

from tests.csms.conftest import directory, handler, server

__all__ = ["directory", "handler", "server"]
