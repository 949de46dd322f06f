"""The configuration keys of a charger: OCPP 1.6 edition 2, chapter 9, and the security whitepaper.

Values are text on the wire, also numbers and booleans.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

MEASURANDS = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Power.Offered",
    "Current.Import",
    "Current.Offered",
    "Voltage",
    "SoC",
)


class _Type(Enum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MEASURANDS = "measurands"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class _Rule:
    type: _Type = _Type.TEXT
    readonly: bool = False
    writeonly: bool = False
    reboot: bool = False


_NUMBER = _Rule(_Type.NUMBER)
_BOOLEAN = _Rule(_Type.BOOLEAN)
_FIXED = _Rule(readonly=True)

_KEYS: dict[str, tuple[str, _Rule]] = {
    # Core profile (9.1)
    "AllowOfflineTxForUnknownId": ("false", _BOOLEAN),
    "AuthorizationCacheEnabled": ("true", _BOOLEAN),
    "AuthorizeRemoteTxRequests": ("false", _BOOLEAN),
    "ClockAlignedDataInterval": ("0", _NUMBER),
    "ConnectionTimeOut": ("60", _NUMBER),
    "ConnectorPhaseRotation": ("NotApplicable", _Rule()),
    "GetConfigurationMaxKeys": ("50", _FIXED),
    "HeartbeatInterval": ("300", _NUMBER),
    "LocalAuthorizeOffline": ("true", _BOOLEAN),
    "LocalPreAuthorize": ("false", _BOOLEAN),
    "MeterValuesAlignedData": ("Energy.Active.Import.Register", _Rule(_Type.MEASURANDS)),
    "MeterValuesSampledData": (",".join(MEASURANDS[:6]), _Rule(_Type.MEASURANDS)),
    "MeterValueSampleInterval": ("60", _NUMBER),
    "NumberOfConnectors": ("1", _FIXED),
    "ResetRetries": ("1", _NUMBER),
    "StopTransactionOnEVSideDisconnect": ("true", _BOOLEAN),
    "StopTransactionOnInvalidId": ("true", _BOOLEAN),
    "StopTxnAlignedData": ("", _Rule(_Type.MEASURANDS)),
    "StopTxnSampledData": ("", _Rule(_Type.MEASURANDS)),
    "SupportedFeatureProfiles": (
        "Core,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
        _FIXED,
    ),
    "TransactionMessageAttempts": ("3", _NUMBER),
    "TransactionMessageRetryInterval": ("10", _NUMBER),
    "UnlockConnectorOnEVSideDisconnect": ("true", _BOOLEAN),
    "WebSocketPingInterval": ("0", _Rule(_Type.NUMBER, reboot=True)),
    # Local authorization list profile (9.2)
    "LocalAuthListEnabled": ("true", _BOOLEAN),
    "LocalAuthListMaxLength": ("100", _FIXED),
    "SendLocalListMaxLength": ("100", _FIXED),
    # Reservation and smart charging profiles (9.3, 9.4)
    "ReserveConnectorZeroSupported": ("false", _FIXED),
    "ChargeProfileMaxStackLevel": ("8", _FIXED),
    "ChargingScheduleAllowedChargingRateUnit": ("Current,Power", _FIXED),
    "ChargingScheduleMaxPeriods": ("24", _FIXED),
    "ConnectorSwitch3to1PhaseSupported": ("false", _FIXED),
    "MaxChargingProfilesInstalled": ("20", _FIXED),
    # Improved security for OCPP 1.6-J, section 2.2
    "AuthorizationKey": ("", _Rule(_Type.KEY, writeonly=True)),
    "SecurityProfile": ("1", _FIXED),
}


class Configuration:
    """The keys of one charger and their present values."""

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        refuses: Callable[[str, str], bool] = lambda _key, _value: False,
    ) -> None:
        """Start with the defaults, changed by ``values``; unknown keys are added as plain text.

        ``refuses`` tells whether the charger does not take a value, right as it may be.
        """
        self._refuses = refuses
        self._rules = {key: rule for key, (_, rule) in _KEYS.items()}
        self._values = {key: value for key, (value, _) in _KEYS.items()}
        for key, value in (values or {}).items():
            self._rules.setdefault(key, _Rule())
            self._values[key] = value

    def text(self, key: str) -> str:
        """Return a value. Raises ``KeyError`` for a key the charger does not have."""
        return self._values[key]

    def number(self, key: str) -> int:
        """Return a value as a number. Raises ``KeyError`` or ``ValueError``."""
        return int(self._values[key])

    def flag(self, key: str) -> bool:
        """Return whether a value is true. Raises ``KeyError``."""
        return self._values[key].lower() == "true"

    def measurands(self, key: str) -> tuple[str, ...]:
        """Return a value that lists measurands. Raises ``KeyError``."""
        return tuple(name.strip() for name in self._values[key].split(",") if name.strip())

    def put(self, key: str, value: str) -> None:
        """Set a value from inside the charger, whatever the central system may do with it."""
        self._rules.setdefault(key, _Rule())
        self._values[key] = value

    def report(self, keys: Iterable[str] | None = None) -> tuple[list[dict[str, Any]], list[str]]:
        """Return ``configurationKey`` and ``unknownKey`` of GetConfiguration (5.8)."""
        asked = list(keys or self._values)
        known: list[dict[str, Any]] = []
        for key in asked:
            if (rule := self._rules.get(key)) is None:
                continue
            entry: dict[str, Any] = {"key": key, "readonly": rule.readonly}
            if not rule.writeonly:
                entry["value"] = self._values[key]
            known.append(entry)
        return known, [key for key in asked if key not in self._rules]

    def change(self, key: str, value: str) -> str:
        """Change a value for the central system and return the ConfigurationStatus (5.3)."""
        rule = self._rules.get(key)
        if rule is None:
            return "NotSupported"
        if rule.readonly or not _fits(rule.type, value) or self._refuses(key, value):
            return "Rejected"
        self._values[key] = value
        return "RebootRequired" if rule.reboot else "Accepted"

    def save(self) -> dict[str, str]:
        """Return the values that can be changed and were."""
        defaults = {key: value for key, (value, _) in _KEYS.items()}
        return {
            key: value
            for key, value in self._values.items()
            if not self._rules[key].readonly and value != defaults.get(key)
        }


def _fits(kind: _Type, value: str) -> bool:
    match kind:
        case _Type.NUMBER:
            return value.isascii() and value.isdigit() and len(value) < 10
        case _Type.BOOLEAN:
            return value.lower() in {"true", "false"}
        case _Type.MEASURANDS:
            names = [name.strip() for name in value.split(",")]
            return value == "" or all(name in MEASURANDS for name in names)
        case _Type.KEY:
            return key_to_password(value) is not None
        case _Type.TEXT:
            return len(value) <= 500


def key_to_password(key: str) -> bytes | None:
    """Return the password that the hexadecimal AuthorizationKey stands for.

    ``None`` where it is not 16 to 20 bytes in hexadecimal (OCPP-J 1.6, section 6.2.2).
    """
    try:
        raw = bytes.fromhex(key)
    except ValueError:
        return None
    return raw if 16 <= len(raw) <= 20 else None
