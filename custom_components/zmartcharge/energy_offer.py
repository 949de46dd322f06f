"""Offers to add each charger to the Energy dashboard: asked once, and never over what a user set.

A device there has no cost of its own, so only the energy is added. It is the statistic rather than the
sensor, because that is right about the hours in which Home Assistant or the charger was away.
"""

from collections.abc import Container, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from homeassistant.components.energy.data import (
    DeviceConsumption,
    EnergyManager,
    EnergyPreferencesUpdate,
    async_get_manager,
)
from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.start import async_at_started

from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .cost_statistics import energy_statistic
from .energy_answers import Answer, EnergyAnswers, Settled
from .site import Site

if TYPE_CHECKING:
    from .hub import Hub

_ENERGY = "energy"


class EnergyOffer:
    """Of a hub; without the Energy dashboard it offers nothing."""

    def __init__(self, hub: Hub) -> None:
        """Offer nothing yet."""
        self._hub = hub
        self._hass = hub.hass

    @callback
    def start(self) -> None:
        """Begin when the Energy dashboard has been loaded; ends with the entry."""
        self._hub.entry.async_on_unload(async_at_started(self._hass, self._started))

    async def add(self, charger: Charger) -> None:
        """Add a charger's energy, unless it is there."""
        manager = await async_get_manager(self._hass)
        subentry_id = charger.config.subentry_id
        statistic, devices = energy_statistic(subentry_id), _devices(manager)
        if self._is_there(charger, manager):
            self._hub.energy_answers.note(subentry_id, Answer(Settled.OWN, statistic))
            return
        device = DeviceConsumption(stat_consumption=statistic, name=charger.config.name)
        if power := self._power_of(charger):
            device["stat_rate"] = power
        answer = Answer(Settled.ADDED, statistic, device)
        self._hub.energy_answers.note(subentry_id, answer)
        await _update(manager, [*devices, device])

    @callback
    def decline(self, charger: Charger) -> None:
        """Remember that nobody wants it there."""
        subentry_id = charger.config.subentry_id
        answer = Answer(Settled.DECLINED, energy_statistic(subentry_id))
        self._hub.energy_answers.note(subentry_id, answer)

    @callback
    def _started(self, hass: HomeAssistant) -> None:
        if _ENERGY in hass.config.components:
            self._hub.async_on_new_things(self._things_changed)

    @callback
    def _things_changed(
        self, _sites: list[Site], _chargers: list[Charger], _connectors: list[Connector]
    ) -> None:
        self._hub.create_task(self._look(), "Energy dashboard")

    async def _look(self) -> None:
        manager = await async_get_manager(self._hass)
        answers, chargers = self._hub.energy_answers, self._hub.chargers
        gone = [answers.values.pop(each) for each in answers.values.keys() - chargers.keys()]
        if gone:
            answers.changed()
            await _take_back(manager, gone)
        for subentry_id, charger in chargers.items():
            if (answer := answers.values.get(subentry_id)) is not None:
                if answer.settled is Settled.ADDED and not _is_ours(answer, manager):
                    # Whatever is there from now on, is the user's.
                    own = self._is_there(charger, manager)
                    settled = Settled.OWN if own else Settled.DECLINED
                    answers.note(subentry_id, replace(answer, settled=settled))
                continue
            if self._is_there(charger, manager):
                answers.note(subentry_id, Answer(Settled.OWN, energy_statistic(subentry_id)))
                self._hub.issues.energy_settled(subentry_id)
            else:
                self._hub.issues.energy_offered(charger)

    def _is_there(self, charger: Charger, manager: EnergyManager) -> bool:
        """Tell whether the user has the charger there, by its statistic or by one of its sensors."""
        subentry_id = charger.config.subentry_id
        own = {energy_statistic(subentry_id)}
        own |= {entity_id for key in charger.connectors if (entity_id := self._sensor(
            f"{subentry_id}_{key}_lifetime_energy"))}  # fmt: skip
        return any(device["stat_consumption"] in own for device in _devices(manager))

    def _power_of(self, charger: Charger) -> str | None:
        """Return the sensor of its power, None when it has several."""
        if len(charger.connectors) != 1:
            return None
        return self._sensor(f"{charger.config.subentry_id}_1_power")

    def _sensor(self, unique_id: str) -> str | None:
        return er.async_get(self._hass).async_get_entity_id(SENSOR, DOMAIN, unique_id)


async def take_back_all(hass: HomeAssistant) -> None:
    """Take away what was added, as when the integration is removed."""
    answers = EnergyAnswers(hass)
    await answers.load()
    if _ENERGY in hass.config.components:
        await _take_back(await async_get_manager(hass), answers.values.values())
    await answers.remove()


def _devices(manager: EnergyManager) -> list[DeviceConsumption]:
    return list(manager.data["device_consumption"]) if manager.data else []


def _is_ours(answer: Answer, manager: EnergyManager) -> bool:
    """Tell whether what was added is there as it was added."""
    return answer.device in _devices(manager)


async def _take_back(manager: EnergyManager, answers: Iterable[Answer]) -> None:
    """Remove what we added ourselves and nobody changed, and what refers to it from other devices."""
    ours = [each for each in answers if each.settled is Settled.ADDED and _is_ours(each, manager)]
    if not ours:
        return
    added, statistics = [each.device for each in ours], {each.statistic for each in ours}
    await _update(
        manager,
        [_outside(device, statistics) for device in _devices(manager) if device not in added],
    )


def _outside(device: DeviceConsumption, statistics: Container[str]) -> DeviceConsumption:
    """Return a device that is included in none of these."""
    if device.get("included_in_stat") not in statistics:
        return device
    alone = device.copy()
    del alone["included_in_stat"]
    return alone


async def _update(manager: EnergyManager, devices: list[DeviceConsumption]) -> None:
    sources = manager.data["energy_sources"] if manager.data else []
    await manager.async_update(
        EnergyPreferencesUpdate(energy_sources=sources, device_consumption=devices)
    )
