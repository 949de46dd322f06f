"""One site: its meter's readings in, its chargers' headroom out."""

import logging

_LOGGER = logging.getLogger(__name__)
