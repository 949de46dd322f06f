"""The device model of the simulated charger (OCPP 2.0.1, part 2, appendices: variables)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..station import Station
from ..uplink import Uplink
from .network_profiles import NetworkProfiles

_ACTUAL = "Actual"
#: Variables that are configuration keys of OCPP 1.6.
_KEYS = {
    "AlignedDataCtrlr.Interval": "ClockAlignedDataInterval",
    "AlignedDataCtrlr.Measurands": "MeterValuesAlignedData",
    "AuthCacheCtrlr.Enabled": "AuthorizationCacheEnabled",
    "AuthCtrlr.AuthorizeRemoteStart": "AuthorizeRemoteTxRequests",
    "AuthCtrlr.LocalAuthorizeOffline": "LocalAuthorizeOffline",
    "AuthCtrlr.LocalPreAuthorize": "LocalPreAuthorize",
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": "AllowOfflineTxForUnknownId",
    "LocalAuthListCtrlr.Enabled": "LocalAuthListEnabled",
    "LocalAuthListCtrlr.ItemsPerMessage": "SendLocalListMaxLength",
    "OCPPCommCtrlr.HeartbeatInterval": "HeartbeatInterval",
    "OCPPCommCtrlr.WebSocketPingInterval": "WebSocketPingInterval",
    "SampledDataCtrlr.TxEndedMeasurands": "StopTxnSampledData",
    "SampledDataCtrlr.TxUpdatedInterval": "MeterValueSampleInterval",
    "SampledDataCtrlr.TxUpdatedMeasurands": "MeterValuesSampledData",
    "SmartChargingCtrlr.ProfileStackLevel": "ChargeProfileMaxStackLevel",
    "TxCtrlr.EVConnectionTimeOut": "ConnectionTimeOut",
    "TxCtrlr.StopTxOnEVSideDisconnect": "StopTransactionOnEVSideDisconnect",
    "TxCtrlr.StopTxOnInvalidId": "StopTransactionOnInvalidId",
}
#: Variables that are what they are. Here a transaction needs a tag and a cable, as in 1.6.
_FIXED = {
    "AlignedDataCtrlr.Enabled": "true",
    "AuthCtrlr.Enabled": "true",
    "LocalAuthListCtrlr.Available": "true",
    "DeviceDataCtrlr.ItemsPerMessage[GetReport]": "4",
    "DeviceDataCtrlr.ItemsPerMessage[GetVariables]": "4",
    "DeviceDataCtrlr.ItemsPerMessage[SetVariables]": "4",
    "SampledDataCtrlr.Enabled": "true",
    "SampledDataCtrlr.TxStartedMeasurands": "Energy.Active.Import.Register",
    "SmartChargingCtrlr.Available": "true",
    "SmartChargingCtrlr.Enabled": "true",
    "TxCtrlr.TxStartPoint": "PowerPathClosed",
    "TxCtrlr.TxStopPoint": "PowerPathClosed",
}
_CURRENCY = "Currency"
#: The variable that holds the password from the next connection on (A01); it is never told.
NEW_KEY = "BasicAuthPassword"
_PART = 10


@dataclass(frozen=True, slots=True)
class _Variable:
    """Where a variable is, and what it is called."""

    component: str
    variable: str
    instance: str | None = None
    evse: int | None = None
    connector: int | None = None

    @classmethod
    def of(cls, name: str) -> _Variable:
        component, _, rest = name.partition(".")
        variable, _, instance = rest.removesuffix("]").partition("[")
        return cls(component, variable, instance or None)

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> _Variable:
        component, variable = item["component"], item["variable"]
        evse = component.get("evse") or {}
        return cls(
            component["name"],
            variable["name"],
            variable.get("instance"),
            evse.get("id"),
            evse.get("connector_id"),
        )

    def payload(self) -> dict[str, Any]:
        component: dict[str, Any] = {"name": self.component}
        if self.evse is not None:
            component["evse"] = {"id": self.evse}
            if self.connector is not None:
                component["evse"]["connector_id"] = self.connector
        variable: dict[str, Any] = {"name": self.variable}
        if self.instance is not None:
            variable["instance"] = self.instance
        return {"component": component, "variable": variable}


_PRIORITY = _Variable("OCPPCommCtrlr", "NetworkConfigurationPriority")
_MESSAGES = {name: _Variable("DisplayMessageCtrlr", name) for name in ("Available", "Enabled")}
_PASSWORD = _Variable("SecurityCtrlr", NEW_KEY)
#: Characters of a password (part 2, appendices: BasicAuthPassword).
_PASSWORD_LENGTH = range(16, 41)


class DeviceModel:
    """The variables of one charger."""

    def __init__(
        self,
        station: Station,
        uplink: Uplink,
        networks: NetworkProfiles,
        shows: Iterable[str] = (),
    ) -> None:
        """Show what ``station`` is, and let its configuration be changed.

        ``shows`` are the instances of ``TariffCostCtrlr`` that it has, and "Messages" if it has
        the ``DisplayMessageCtrlr``.
        """
        self._networks = networks
        self._station = station
        self._uplink = uplink
        self._keys = {_Variable.of(name): key for name, key in _KEYS.items()}
        station.configuration.put(NEW_KEY, "")
        self._prices = {
            _MESSAGES[name]
            if kind == "Messages"
            else _Variable("TariffCostCtrlr", name, kind): "true"
            for kind in shows
            for name in ("Available", "Enabled")
        }
        if self._prices.keys() - _MESSAGES.values():
            station.configuration.put(_CURRENCY, "EUR")
            self._keys[_Variable("TariffCostCtrlr", _CURRENCY)] = _CURRENCY

    def get(self, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the ``getVariableResult`` of a request (B06)."""
        values, found = self._values(), []
        components = {variable.component for variable in values}
        for item in items:
            variable = _Variable.read(item)
            result = {"attribute_type": _ACTUAL, **variable.payload()}
            if item.get("attribute_type", _ACTUAL) != _ACTUAL:
                result["attribute_status"] = "NotSupportedAttributeType"
            elif variable == _PASSWORD:
                result["attribute_status"] = "Rejected"
            elif variable in values:
                result |= {"attribute_status": "Accepted", "attribute_value": values[variable]}
            else:
                result["attribute_status"] = _unknown(variable, components)
            found.append(result)
        return found

    def set(self, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Change variables and return the ``setVariableResult`` (B05)."""
        found = []
        for item in items:
            variable = _Variable.read(item)
            status = self._set(variable, str(item["attribute_value"]))
            found.append(
                {"attribute_type": _ACTUAL, "attribute_status": status, **variable.payload()}
            )
        return found

    def report(self, base: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the ``reportData`` of each part of a report (B07)."""
        data = [
            _reported(
                variable,
                value=value,
                mutability="ReadWrite" if variable in self._keys else "ReadOnly",
            )
            for variable, value in self._values().items()
            if base == "FullInventory" or variable in self._keys
        ]
        data.append(_reported(_PASSWORD, mutability="WriteOnly"))
        for start in range(0, len(data), _PART):
            yield data[start : start + _PART]

    def _set(self, variable: _Variable, value: str) -> str:
        if variable == _PRIORITY:
            return self._networks.prefer(value)
        if variable == _PASSWORD:
            return self._set_password(value)
        if key := self._keys.get(variable):
            status = self._station.configuration.change(key, value)
            return "Rejected" if status == "NotSupported" else status
        values = self._values()
        if variable in values:
            return "Rejected"
        return _unknown(variable, {known.component for known in values})

    def _set_password(self, value: str) -> str:
        if len(value) not in _PASSWORD_LENGTH or not value.isascii() or not value.isprintable():
            return "Rejected"
        self._station.configuration.put(NEW_KEY, value)
        return "Accepted"

    def _values(self) -> dict[_Variable, str]:
        configuration, evse = self._station.configuration, self._station.evse
        plate = self._uplink.nameplate
        values = {_Variable.of(name): value for name, value in _FIXED.items()}
        values |= self._prices
        values |= {variable: configuration.text(key) for variable, key in self._keys.items()}
        units = ",".join(sorted(str(unit) for unit in evse.behaviour.rate_units))
        values |= {
            _PRIORITY: self._networks.priority,
            _Variable("OCPPCommCtrlr", "ActiveNetworkProfile"): str(self._networks.active),
            _Variable("SecurityCtrlr", "SecurityProfile"): configuration.text("SecurityProfile"),
            _Variable("SmartChargingCtrlr", "RateUnit"): units,
            _Variable("ChargingStation", "VendorName"): plate.vendor,
            _Variable("ChargingStation", "Model"): plate.model,
            _Variable("ChargingStation", "SerialNumber"): plate.serial_number,
            _Variable("ChargingStation", "FirmwareVersion"): plate.firmware_version,
        }
        for connector in evse.connectors:
            number = connector.connector_id
            values[_Variable("EVSE", "Power", None, number)] = f"{connector.power_w:.0f}"
            values[_Variable("EVSE", "SupplyPhases", None, number)] = str(evse.phases)
            values[_Variable("Connector", "ConnectorType", None, number, 1)] = "cType2"
        return values


def _reported(variable: _Variable, **attribute: str) -> dict[str, Any]:
    return {
        **variable.payload(),
        "variable_attribute": [{"type": _ACTUAL, **attribute}],
        "variable_characteristics": {"data_type": "string", "supports_monitoring": False},
    }


def _unknown(variable: _Variable, components: set[str]) -> str:
    return "UnknownVariable" if variable.component in components else "UnknownComponent"
