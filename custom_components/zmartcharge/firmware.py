"""The firmware of one charger: ordered, followed, and what went wrong with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .csms import (
    CallRejectedError,
    FirmwareProgress,
    FirmwareStatus,
    FirmwareUpdate,
    FirmwareUpdateStatus,
)

if TYPE_CHECKING:
    from .charger import Charger
    from .issues import Issues

_LOGGER = logging.getLogger(__name__)

#: A charger that tells no more of its update is not believed to be at it for longer.
_GOES_ON_WITHIN = timedelta(hours=1)


class FirmwareFailure(StrEnum):
    """What went wrong; each is a repair of its own."""

    DOWNLOAD = "download_failed"
    SIGNATURE = "signature_wrong"
    INSTALLATION = "installation_failed"


_FAILURES = {
    FirmwareStatus.DOWNLOAD_FAILED: FirmwareFailure.DOWNLOAD,
    FirmwareStatus.INVALID_SIGNATURE: FirmwareFailure.SIGNATURE,
    FirmwareStatus.INSTALL_VERIFICATION_FAILED: FirmwareFailure.INSTALLATION,
    FirmwareStatus.INSTALLATION_FAILED: FirmwareFailure.INSTALLATION,
}
_REFUSALS = {
    FirmwareUpdateStatus.INVALID_CERTIFICATE: "firmware_certificate_invalid",
    FirmwareUpdateStatus.REVOKED_CERTIFICATE: "firmware_certificate_revoked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareOrder:
    """What is to be installed; ``version`` is what the user says that it is, None: not said."""

    update: FirmwareUpdate
    version: str | None = None


class ChargerFirmware:
    """Of one charger. What it is at is not kept: the charger tells more of it, or boots."""

    def __init__(self, charger: Charger, issues: Issues) -> None:
        """Know of no update."""
        #: The last that was ordered, until the charger has it.
        self.order: FirmwareOrder | None = None
        #: How far the charger is, None: it is at nothing.
        self.status: FirmwareStatus | None = None
        self._charger = charger
        self._issues = issues
        self._request_id: int | None = None
        self._forget_later: CALLBACK_TYPE | None = None

    @property
    def under_way(self) -> bool:
        """Tell whether the charger works on an update now."""
        return self.status is not None and self.status.under_way

    @property
    def installed(self) -> str | None:
        """Return the version that the charger says it has."""
        boot = self._charger.boot_info
        return boot.firmware if boot else None

    @property
    def latest(self) -> str | None:
        """Return the version that was ordered, None where nobody said what it is."""
        return self.order.version if self.order else None

    async def update(self, order: FirmwareOrder, *, force: bool = False) -> None:
        """Let the charger install a firmware. Raises the errors of the station and translated ones.

        While a car is charged only by ``force``: many chargers end a session for it.
        """
        charger = self._charger
        name = {"charger": charger.config.name}
        if not force and any(each.in_session for each in charger.connectors.values()):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="firmware_while_charging",
                translation_placeholders=name,
            )
        # Until the answer is read, news of either update may come.
        self._request_id = None
        answer = await charger.station.update_firmware(order.update)
        if key := _REFUSALS.get(answer.status):
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key=key, translation_placeholders=name
            )
        if answer.status is FirmwareUpdateStatus.REJECTED:
            raise CallRejectedError("UpdateFirmware", answer.status.value)
        self.order, self._request_id = order, answer.request_id
        if not self.under_way:
            self.status = None
        self._issues.firmware_works(charger.config.subentry_id)
        charger.async_notify()

    async def try_again(self) -> None:
        """Repeat the last order, from now on. Raises what ``update`` raises."""
        if self.order is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_firmware_known",
                translation_placeholders={"charger": self._charger.config.name},
            )
        again = replace(self.order.update, retrieve_at=dt_util.utcnow(), install_at=None)
        await self.update(replace(self.order, update=again))

    @callback
    def hear(self, progress: FirmwareProgress) -> None:
        """Hear how far an update is, whoever ordered it."""
        numbers = (self._request_id, progress.request_id)
        if None not in numbers and numbers[0] != numbers[1]:
            return  # one that was given up for another
        self._cancel_forgetting()
        self.status = None if progress.status is FirmwareStatus.IDLE else progress.status
        if failure := _FAILURES.get(progress.status):
            _LOGGER.warning("%s: firmware: %s", self._charger.config.name, progress.status)
            self._issues.firmware_failed(self._charger, failure)
        elif progress.status is FirmwareStatus.INSTALLED:
            self._issues.firmware_works(self._charger.config.subentry_id)
            self.status = None
        elif self.under_way:
            self._forget_later = async_call_later(
                self._charger.hass, _GOES_ON_WITHIN, self._lost_sight
            )

    @callback
    def booted(self, before: str | None) -> None:
        """Hear that the charger started, and which firmware it had before."""
        self._cancel_forgetting()
        if self.under_way:
            self.status = None
        if before is not None and self.installed != before:
            self._issues.firmware_works(self._charger.config.subentry_id)

    @callback
    def forget(self) -> None:
        """Forget what another charger did."""
        self.close()
        self.order = self.status = self._request_id = None

    @callback
    def close(self) -> None:
        """Stop the timer."""
        self._cancel_forgetting()

    @callback
    def _lost_sight(self, _now: datetime) -> None:
        self._forget_later = self.status = None
        self._charger.notify_all()

    @callback
    def _cancel_forgetting(self) -> None:
        if self._forget_later:
            self._forget_later()
            self._forget_later = None
