"""The steps that try a site's meter: wait for its first reading, show it, or tell what is wrong."""

import asyncio
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_TYPE
from homeassistant.core import callback
import voluptuous as vol

from .config import MeterType, SiteConfig
from .const import CONF_MAIN_FUSE, CONF_METER, CONF_PRICE, CONF_TOPIC
from .hub import Hub
from .meter import CLOCK_REJECTIONS, PayloadProblem
from .site import Site
from .units import GridType, Phase

#: Seconds for the first complete reading: currents come every 10 s; a Pow-U posts every half minute
#: at first, and may still have to be given the address.
WAIT_FOR_READING = {MeterType.MQTT: 45.0, MeterType.SENSORS: 30.0, MeterType.POW_U: 300.0}
_DECIMAL_COMMA = frozenset({"nb", "nn", "no", "sv", "da"})
#: After this many payloads that cannot be read there is no use in waiting for more.
_UNREADABLE = 3


class MeterTrialSteps(ConfigSubentryFlow):
    """Wait for a reading → show it → done, or ask what to do about a meter that gives none."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._title = ""
        self._data: dict[str, Any] = {}
        self._trial: Site | None = None
        self._waiting: asyncio.Task[str] | None = None

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on: the meter is known, or done without."""
        raise NotImplementedError

    async def async_step_wait(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait until the meter has said all that load balancing needs."""
        if (waiting := self._waiting) is None:
            if (hub := self._hub()) is None:
                return await self.async_step_finish()
            waiting = self._waiting = self._begin_to_wait(hub)
        elif waiting.done():
            self._waiting = None
            ended = waiting.cancelled() or waiting.exception() is not None
            return self.async_show_progress_done(
                next_step_id="silent" if ended else waiting.result()
            )
        # Also where the answer is there at once: Home Assistant would give the next step what was
        # filled in here, as if the reading had been confirmed already.
        return self.async_show_progress(
            step_id="wait", progress_action="wait_for_meter", progress_task=waiting
        )

    async def async_step_reading(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what the meter says of three lines."""
        return await self._show_reading("reading", user_input)

    async def async_step_reading_estimated(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what a meter says that does not measure L2."""
        return await self._show_reading("reading_estimated", user_input)

    async def async_step_reading_single(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what the meter says of one line."""
        return await self._show_reading("reading_single", user_input)

    async def async_step_silent(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do about a meter of which nothing was heard."""
        return self._ask("silent")

    async def async_step_retained(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do about readings that the broker had kept."""
        return self._ask("retained")

    async def async_step_incomplete(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do about a meter that does not say all currents."""
        return self._ask("incomplete")

    async def async_step_hex_dump(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do about a reader that passes frames on unread."""
        return self._ask("hex_dump")

    async def async_step_clock(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do about a reader whose clock is wrong."""
        return self._ask("clock")

    async def async_step_absurd(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do about readings that the main fuse could not carry."""
        return self._ask("absurd")

    async def async_step_unreadable(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do about payloads that are no meter's."""
        return self._ask("unreadable")

    @callback
    @override
    def async_remove(self) -> None:
        self._end_trial()

    async def _try(self, meter: dict[str, Any]) -> SubentryFlowResult:
        self._end_trial()
        self._data[CONF_METER] = meter
        return await self.async_step_wait()

    def _begin_to_wait(self, hub: Hub) -> asyncio.Task[str]:
        # A reload of the hub ended the trial; and what could not be read is over and done with.
        trial = self._trial
        if trial and (trial.unreadable or trial.disbelieved or not hub.tries(trial)):
            self._end_trial()
        if self._trial is None:
            self._trial = hub.try_site(self._config())
        patience = WAIT_FOR_READING[MeterType(self._data[CONF_METER][CONF_TYPE])]
        return hub.create_task(_wait_for(self._trial, patience), "wait for meter")

    async def _show_reading(
        self, step: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        if user_input is not None or self._trial is None:
            return await self.async_step_finish()
        site = self._trial
        currents = {str(phase): self._decimal(site.current(phase), 1) for phase in Phase}
        return self.async_show_form(
            step_id=step,
            data_schema=vol.Schema({}),
            description_placeholders={**currents, "power": self._decimal(site.power, 0)},
        )

    def _decimal(self, value: float | None, digits: int) -> str:
        """Return a number as people here write it."""
        if value is None:
            return "?"
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if self.hass.config.language in _DECIMAL_COMMA else text

    def _ask(self, step: str) -> SubentryFlowResult:
        site = self._trial
        currents = {
            str(phase): self._decimal(site.current(phase) if site else None, 1) for phase in Phase
        }
        return self.async_show_menu(
            step_id=step,
            menu_options=["wait", "meter", "finish"],
            description_placeholders={
                **currents,
                "start": (site and site.last_unreadable) or "",
                "topic": self._data[CONF_METER].get(CONF_TOPIC, ""),
                "main_fuse": str(self._data[CONF_MAIN_FUSE]),
            },
        )

    def _end_trial(self) -> None:
        """Let go of the meter that was tried; one that was kept is the site's by then."""
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
        if self._trial:
            if hub := self._hub():
                hub.end_trial(self._trial)
            self._trial.close()
            self._trial = None

    def _config(self) -> SiteConfig:
        # A trial needs no price, and one that is damaged would be in its way.
        data = {**self._data, CONF_PRICE: None}
        return SiteConfig.of_data(data, subentry_id="", name=self._title)

    def _hub(self) -> Hub | None:
        """Return the running hub; without one a site can be kept, but not tried."""
        entry: ConfigEntry[Hub] = self._get_entry()
        return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None


async def _wait_for(site: Site, patience: float) -> str:
    """Return the step that follows: the reading, or what is wrong."""
    changed = asyncio.Event()
    remove = site.async_add_listener(changed.set)
    try:
        async with asyncio.timeout(patience):
            while not site.complete and max(site.unreadable, site.disbelieved) < _UNREADABLE:
                changed.clear()
                await changed.wait()
    except TimeoutError:
        pass
    finally:
        remove()
    return _outcome(site)


def _outcome(site: Site) -> str:
    if site.complete:
        match site.config.grid:
            case GridType.SINGLE_PHASE:
                return "reading_single"
            case GridType.IT_230 if site.margin(Phase.L2) is not None:
                return "reading_estimated"
        return "reading"
    if site.meter_online:
        return "incomplete"
    if site.disbelieved:
        return "clock" if site.last_rejection in CLOCK_REJECTIONS else "absurd"
    if site.unreadable:
        hex_dump = site.last_rejection == PayloadProblem.HEX_DUMP
        return "hex_dump" if hex_dump else "unreadable"
    if site.only_retained:
        return "retained"
    return "incomplete" if site.heard else "silent"
