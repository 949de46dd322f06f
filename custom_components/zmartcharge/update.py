"""The firmware of chargers as Home Assistant shows updates."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.update import (
    UpdateDeviceClass,
    UpdateEntity,
    UpdateEntityDescription,
    UpdateEntityFeature,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charger import Charger
from .csms import FirmwareStatus
from .entity import LivingDescription, ZmartChargeEntity, async_add_living, online
from .helpers import translated_errors
from .hub import ZmartChargeConfigEntry

PARALLEL_UPDATES = 0

ATTR_STEP = "step"
#: What a charger is at, in the words of our translations.
STEPS = {
    FirmwareStatus.DOWNLOAD_SCHEDULED: "download_scheduled",
    FirmwareStatus.DOWNLOADING: "downloading",
    FirmwareStatus.DOWNLOAD_PAUSED: "download_paused",
    FirmwareStatus.DOWNLOADED: "downloaded",
    FirmwareStatus.DOWNLOAD_FAILED: "download_failed",
    FirmwareStatus.SIGNATURE_VERIFIED: "signature_verified",
    FirmwareStatus.INVALID_SIGNATURE: "invalid_signature",
    FirmwareStatus.INSTALL_SCHEDULED: "install_scheduled",
    FirmwareStatus.INSTALLING: "installing",
    FirmwareStatus.INSTALL_REBOOTING: "install_rebooting",
    FirmwareStatus.INSTALL_VERIFICATION_FAILED: "install_verification_failed",
    FirmwareStatus.INSTALLATION_FAILED: "installation_failed",
}


@dataclass(frozen=True, kw_only=True)
class ZmartChargeUpdateDescription(UpdateEntityDescription, LivingDescription[Charger]):
    """Describes an update of a charger."""


CHARGER_UPDATES = (
    ZmartChargeUpdateDescription(
        key="firmware_update",
        translation_key="firmware",
        device_class=UpdateDeviceClass.FIRMWARE,
        entity_category=EntityCategory.CONFIG,
        available_fn=online,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the updates."""
    async_add_living(hass, entry, async_add_entities, charger=(ZmartChargeUpdate, CHARGER_UPDATES))


class ZmartChargeUpdate(ZmartChargeEntity[Charger], UpdateEntity):
    """The charger's firmware. Nobody tells which one is the latest, so only a user's order does."""

    entity_description: ZmartChargeUpdateDescription

    @property
    @override
    def supported_features(self) -> UpdateEntityFeature:
        features = UpdateEntityFeature.PROGRESS
        if self.living.firmware.order is not None:
            features |= UpdateEntityFeature.INSTALL
        return features

    @property
    @override
    def installed_version(self) -> str | None:
        return self.living.firmware.installed

    @property
    @override
    def latest_version(self) -> str | None:
        return self.living.firmware.latest

    @override
    def version_is_newer(self, latest_version: str, installed_version: str) -> bool:
        # An older one may be ordered too, and versions of chargers follow no rule.
        return True

    @property
    @override
    def in_progress(self) -> bool:
        return self.living.firmware.under_way

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        status = self.living.firmware.status
        return {ATTR_STEP: STEPS.get(status) if status else None}

    @override
    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:
        with translated_errors(self.living.config.name):
            await self.living.firmware.try_again()
