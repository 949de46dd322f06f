"""The steps that give a site its meter: choose how, connect it, and see its first reading."""

import asyncio
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_TYPE, UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    QrCodeSelector,
    QrCodeSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .addresses import load_balancer_url
from .config import MeterType, PowUMeter, SensorRole, SiteConfig, meter_of
from .const import (
    CONF_MAIN_FUSE,
    CONF_METER,
    CONF_PRICE,
    CONF_STALE_AFTER,
    CONF_TOKEN,
    CONF_TOPIC,
    DOMAIN,
)
from .hub import Hub
from .meter import CLOCK_REJECTIONS, PayloadProblem, generate_token
from .mqtt_listener import is_topic
from .site import Site
from .units import GridType, Phase

#: Seconds for the first complete reading: currents come every 10 s; a Pow-U posts every half minute
#: at first, and may still have to be given the address.
WAIT_FOR_READING = {MeterType.MQTT: 45.0, MeterType.SENSORS: 30.0, MeterType.POW_U: 300.0}
#: The open network of a Pow-U in set-up mode, as a QR code that telephones join.
POW_U_WIFI = "WIFI:T:nopass;S:AMS2MQTT;;"
CONF_QR_CODE = "qr_code"
_DECIMAL_COMMA = frozenset({"nb", "nn", "no", "sv", "da"})
_STALE_RANGE = (10, 600)
_STALE_DEFAULT = 60
#: After this many payloads that cannot be read there is no use in waiting for more.
_UNREADABLE = 3
_CURRENT_ROLES = {phase: SensorRole(f"current_{phase}") for phase in Phase}
_POWER_ROLES = {phase: SensorRole(f"power_{phase}") for phase in Phase}
_OTHER_ROLES = {
    SensorRole.POWER: SensorDeviceClass.POWER,
    SensorRole.POWER_EXPORT: SensorDeviceClass.POWER,
    SensorRole.ENERGY_IMPORT: SensorDeviceClass.ENERGY,
    SensorRole.ENERGY_EXPORT: SensorDeviceClass.ENERGY,
}


class MeterSteps(ConfigSubentryFlow):
    """Menu → topic, Pow-U or sensors → wait for a reading → show it → done."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._title = ""
        self._data: dict[str, Any] = {}
        self._token = generate_token()
        self._trial: Site | None = None
        self._waiting: asyncio.Task[str] | None = None

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on: the meter is known, or done without."""
        raise NotImplementedError

    def _present_meter(self) -> dict[str, Any] | None:
        """Return the meter that a site has which is being changed."""
        raise NotImplementedError

    async def async_step_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how the meter reaches us."""
        self._end_trial()
        keep = ["keep_meter"] if self._present_meter() else []
        return self.async_show_menu(step_id="meter", menu_options=[*keep, *MeterType, "no_meter"])

    async def async_step_keep_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Leave the meter as it is."""
        self._data[CONF_METER] = self._present_meter()
        return await self.async_step_finish()

    async def async_step_no_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Do without a meter."""
        self._data.pop(CONF_METER, None)
        return await self.async_step_finish()

    async def async_step_mqtt(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the topic; readers that were found are offered."""
        errors: dict[str, str] = {}
        if user_input is not None:
            topic = user_input[CONF_TOPIC].strip().rstrip("/")
            if not is_topic(topic):
                errors[CONF_TOPIC] = "topic_invalid"
            else:
                return await self._try({CONF_TYPE: MeterType.MQTT, CONF_TOPIC: topic})
        hub = self._hub()
        found = hub.search.found if hub else []
        topics = SelectSelectorConfig(
            options=found, custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
        present = self._present_meter() or {}
        suggested = user_input or {
            CONF_TOPIC: present.get(CONF_TOPIC) or next(iter(found), "ams2mqtt")
        }
        schema = vol.Schema({vol.Required(CONF_TOPIC): SelectSelector(topics)})
        return self.async_show_form(
            step_id="mqtt",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
        )

    async def async_step_pow_u(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show how a Pow-U is told to post its readings to us."""
        if (url := load_balancer_url(self.hass)) is None:
            return await self.async_step_no_https()
        present = meter_of(self._present_meter())
        if isinstance(present, PowUMeter):
            self._token = present.token
        if user_input is not None:
            return await self._try({CONF_TYPE: MeterType.POW_U, CONF_TOKEN: self._token})
        qr_code = QrCodeSelector(QrCodeSelectorConfig(data=POW_U_WIFI, scale=6))
        return self.async_show_form(
            step_id="pow_u",
            data_schema=vol.Schema({vol.Optional(CONF_QR_CODE): qr_code}),
            description_placeholders={
                "url": url,
                "token": self._token,
                "unit": "http://192.168.4.1/",
            },
        )

    async def async_step_no_https(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tell that a Pow-U cannot reach us, and offer the other ways."""
        return self.async_show_menu(
            step_id="no_https", menu_options=["mqtt", "sensors", "no_meter"]
        )

    async def async_step_sensors(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which sensors measure the lines."""
        grid = GridType(self._data["grid_type"])
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._sensor_errors(user_input, grid)
            if not errors:
                stale_after = int(user_input[CONF_STALE_AFTER])
                return await self._try(
                    {
                        CONF_TYPE: MeterType.SENSORS,
                        **user_input,
                        CONF_STALE_AFTER: stale_after,
                    }
                )
        suggested = user_input or self._present_meter() or {}
        return self.async_show_form(
            step_id="sensors",
            data_schema=self.add_suggested_values_to_schema(_sensor_schema(grid), suggested),
            errors=errors,
        )

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

    def _sensor_errors(self, user_input: dict[str, Any], grid: GridType) -> dict[str, str]:
        """Return what is wrong with the choice of sensors, by field."""
        errors = {}
        registry = er.async_get(self.hass)
        for role in SensorRole:
            entity_id = user_input.get(role)
            known = entity_id and registry.async_get(entity_id)
            if known and known.platform == DOMAIN:
                errors[str(role)] = "sensor_own"
        missing = [
            phase
            for phase in grid.phases
            if not user_input.get(_CURRENT_ROLES[phase])
            and not user_input.get(_POWER_ROLES[phase])
            and not (grid is GridType.IT_230 and phase is Phase.L2)
        ]
        if missing:
            errors[str(_CURRENT_ROLES[missing[0]])] = "sensor_missing"
        if not _STALE_RANGE[0] <= user_input[CONF_STALE_AFTER] <= _STALE_RANGE[1]:
            errors[CONF_STALE_AFTER] = "stale_range"
        return errors


def _sensor_schema(grid: GridType) -> vol.Schema:
    """Return the form; without a neutral the power of a line says nothing about its current."""
    lines = {_CURRENT_ROLES[phase]: SensorDeviceClass.CURRENT for phase in grid.phases}
    if grid is not GridType.IT_230:
        lines |= {_POWER_ROLES[phase]: SensorDeviceClass.POWER for phase in grid.phases}
    seconds = NumberSelectorConfig(
        step=1, mode=NumberSelectorMode.BOX, unit_of_measurement=UnitOfTime.SECONDS
    )
    return vol.Schema(
        {
            **{vol.Optional(str(role)): _sensor(kind) for role, kind in lines.items()},
            **{vol.Optional(str(role)): _sensor(kind) for role, kind in _OTHER_ROLES.items()},
            vol.Required(CONF_STALE_AFTER, default=_STALE_DEFAULT): NumberSelector(seconds),
        }
    )


def _sensor(device_class: SensorDeviceClass) -> EntitySelector:
    return EntitySelector(EntitySelectorConfig(domain="sensor", device_class=device_class))


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
