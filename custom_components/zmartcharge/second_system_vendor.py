"""Messages of a vendor's own that a charger says, handed on to the second system that commands it.

What they mean only the charger's maker and that system may know. Its answer is the charger's if it
comes at once; who once kept the charger waiting is only told for a while.
"""

import asyncio
import json
import logging
from typing import TYPE_CHECKING

from .csms import CsmsError, VendorAnswer, VendorMessage, VendorStatus, forwarding

if TYPE_CHECKING:
    from .charger import Charger

_LOGGER = logging.getLogger(__name__)

#: Seconds that a charger is kept waiting, and that the other has to answer at all.
ANSWER_WITHIN, _TOLD_WITHIN = 3.0, 10.0
#: Seconds in which nobody waits for one that did not answer in time.
_LEFT_ALONE = 60.0


class VendorRelay:
    """Of one charger."""

    def __init__(self, charger: Charger) -> None:
        """Know nobody to tell."""
        #: Who is told: one that may command the charger, else nobody.
        self.link: forwarding.Link | None = None
        self._charger = charger
        self._telling: asyncio.Task[VendorAnswer | None] | None = None
        self._not_before = 0.0

    async def ask(self, message: VendorMessage) -> VendorAnswer | None:
        """Tell a message; return the answer if there is one in time."""
        link = self.link
        if link is None or not link.connected or not message.vendor_id:
            return None
        if self._telling and not self._telling.done():
            # What is never answered holds up the sessions that are to be told.
            return None
        telling = self._charger.create_task(_tell(link, message), "vendor's message")
        self._telling = telling
        seconds = asyncio.get_running_loop().time
        if seconds() < self._not_before:
            return None
        done, _ = await asyncio.wait({telling}, timeout=ANSWER_WITHIN)
        if not done:
            self._not_before = seconds() + _LEFT_ALONE
        return telling.result() if done and not telling.cancelled() else None


async def _tell(link: forwarding.Link, message: VendorMessage) -> VendorAnswer | None:
    payload = {"vendorId": message.vendor_id, "messageId": message.message_id, "data": message.data}
    told = {key: value for key, value in payload.items() if value is not None}
    try:
        # Numbers that JSON does not have go neither there nor back.
        json.dumps(told, allow_nan=False)
        response = await link.ask("DataTransfer", told, _TOLD_WITHIN)
        json.dumps(response, allow_nan=False)
    except (CsmsError, TimeoutError, ValueError) as err:
        _LOGGER.info("The second central system does not answer a vendor's message: %r", err)
        return None
    status = response.get("status")
    if status not in set(VendorStatus):
        return None
    return VendorAnswer(status=VendorStatus(status), data=response.get("data"))
