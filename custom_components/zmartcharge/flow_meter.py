"""The steps that give a site its meter: choose how, and connect it."""

from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_TYPE, UnitOfTime
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
from .config import MeterType, PowUMeter, SensorRole, meter_of
from .const import CONF_METER, CONF_STALE_AFTER, CONF_TOKEN, CONF_TOPIC, DOMAIN
from .flow_meter_trial import MeterTrialSteps
from .meter import generate_token
from .mqtt_listener import is_topic
from .units import GridType, Phase

#: The open network of a Pow-U in set-up mode, as a QR code that telephones join.
POW_U_WIFI = "WIFI:T:nopass;S:AMS2MQTT;;"
CONF_QR_CODE = "qr_code"
_STALE_RANGE = (10, 600)
_STALE_DEFAULT = 60
_CURRENT_ROLES = {phase: SensorRole(f"current_{phase}") for phase in Phase}
_POWER_ROLES = {phase: SensorRole(f"power_{phase}") for phase in Phase}
_OTHER_ROLES = {
    SensorRole.POWER: SensorDeviceClass.POWER,
    SensorRole.POWER_EXPORT: SensorDeviceClass.POWER,
    SensorRole.ENERGY_IMPORT: SensorDeviceClass.ENERGY,
    SensorRole.ENERGY_EXPORT: SensorDeviceClass.ENERGY,
}


class MeterSteps(MeterTrialSteps):
    """Menu → topic, Pow-U or sensors → what came of trying it."""

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._token = generate_token()

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
