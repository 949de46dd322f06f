"""Tells a charger's traffic to another central system, as if it were the charger itself."""

from .commanded import CommandedCharger
from .destination import Destination, ForwardingMode, login_problem, url_problem
from .errors import (
    REFUSALS,
    BootRefusedError,
    ForwardingError,
    OutboxError,
    Reason,
    RequestRefusedError,
)
from .link import Link, Timing, Traveller
from .outbox import Outbox, Queued
from .profiles import ForeignProfile, limit_of, read_profile, replaces
from .requests import Requests
from .requests16 import Requests16
from .requests201 import Requests201
from .traffic import BOOT, START_16, STATUS, Lasting, Newest, key_of_start, told
from .trial import try_out

__all__ = [
    "BOOT",
    "REFUSALS",
    "START_16",
    "STATUS",
    "BootRefusedError",
    "CommandedCharger",
    "Destination",
    "ForeignProfile",
    "ForwardingError",
    "ForwardingMode",
    "Lasting",
    "Link",
    "Newest",
    "Outbox",
    "OutboxError",
    "Queued",
    "Reason",
    "RequestRefusedError",
    "Requests",
    "Requests16",
    "Requests201",
    "Timing",
    "Traveller",
    "key_of_start",
    "limit_of",
    "login_problem",
    "read_profile",
    "replaces",
    "told",
    "try_out",
    "url_problem",
]
