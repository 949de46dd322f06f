"""What holds at a charger, whoever comes."""

from dataclasses import dataclass
from enum import StrEnum

from .offline import OfflineBehaviour
from .opening_hours import OpeningHours


class Access(StrEnum):
    """Whom a charger is for."""

    #: Whoever plugs in may charge, with or without a token.
    OPEN = "open"
    #: Only registered tokens, and what Home Assistant starts.
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """The rules of one charger.

    ``enabled`` False: nobody may charge, whatever else is said. ``opening_hours`` None: always open.
    ``finish_when_closed``: a session that began while it was open may go on after. ``concurrent``: a
    token may have several sessions at once, which OCPP 1.6 (clause 7.2, ConcurrentTx) refuses.
    ``offline``: what the charger was told to do while it cannot ask; what it did so is not refused
    for that afterwards.
    """

    access: Access = Access.REGISTERED
    enabled: bool = True
    opening_hours: OpeningHours | None = None
    finish_when_closed: bool = True
    concurrent: bool = False
    offline: OfflineBehaviour = OfflineBehaviour.LOCAL_LIST
