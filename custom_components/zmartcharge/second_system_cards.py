"""Cards that nobody knows here and that the second central system vouches for, for a while."""

from datetime import datetime, timedelta
import logging

from .access import normalised
from .csms import CsmsError, forwarding

_LOGGER = logging.getLogger(__name__)

#: Seconds that a charger, and the driver in front of it, is kept waiting.
ANSWER_WITHIN = 3.0
#: A card is asked about again after this; a charger is told to remember it for no longer.
_HOLDS_FOR = timedelta(hours=1)
_MAX_CARDS = 100
_MAX_LENGTH_16 = 20


class VouchedCards:
    """Of one charger. The rules of the house decide first; this is about cards that they do not know."""

    def __init__(self) -> None:
        """Know no card, and nobody to ask."""
        #: Who is asked, and in which version of OCPP; None: nobody.
        self.link: forwarding.Link | None = None
        self.version = "1.6"
        self._until: dict[str, datetime] = {}

    @property
    def asks(self) -> bool:
        """Tell whether there is somebody to ask."""
        return self.link is not None and self.link.destination.asks_cards

    def until(self, id_tag: str, now: datetime) -> datetime | None:
        """Return until when a card is vouched for, None when it is not."""
        until = self._until.get(normalised(id_tag))
        return until if self.asks and until is not None and until > now else None

    def sent_for(self, id_tag: str, now: datetime) -> None:
        """Hear that the other itself wants a session for a card."""
        if self.asks:
            self._keep(id_tag, now + _HOLDS_FOR)

    async def ask(self, id_tag: str, now: datetime) -> None:
        """Ask about a card; who is not there, or does not answer in time, does not vouch."""
        self._until.pop(normalised(id_tag), None)
        if self.link is None or not self.asks or not id_tag:
            return
        try:
            response = await self.link.ask("Authorize", self._question(id_tag), ANSWER_WITHIN)
        except (CsmsError, TimeoutError) as err:
            _LOGGER.info("The second central system does not tell of a card: %r", err)
            return
        info = response.get("idTagInfo" if self.version == "1.6" else "idTokenInfo")
        if isinstance(info, dict) and info.get("status") == "Accepted":
            self._keep(id_tag, now + _HOLDS_FOR)

    def _question(self, id_tag: str) -> dict[str, object]:
        if self.version == "1.6":
            return {"idTag": id_tag[:_MAX_LENGTH_16]}
        return {"idToken": {"idToken": id_tag, "type": "ISO14443"}}

    def _keep(self, id_tag: str, until: datetime) -> None:
        self._until.pop(normalised(id_tag), None)
        while len(self._until) >= _MAX_CARDS:
            self._until.pop(next(iter(self._until)))
        self._until[normalised(id_tag)] = until
