"""Diagnostics, with what identifies people and chargers taken out."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .charger import Charger
from .connector import Connector
from .hub import ZmartChargeConfigEntry
from .site import Site

TO_REDACT = {
    "AuthorizationKey",
    "address",
    "certificate",
    "certificates",
    "charge_point_id",
    "database_url",
    "iccid",
    "host_names",
    "key_hash",
    "latitude",
    "location",
    "longitude",
    "meter_id",
    "meter_serial",
    "new_key_hash",
    "password",
    "private_key",
    "serial",
    "title",
    "token",
    "topic",
    "unique_id",
    "url",
    "username",
}

#: OCPP 1.6, clause 9, without what is secret.
STANDARD_KEYS = {
    "AllowOfflineTxForUnknownId",
    "AuthorizationCacheEnabled",
    "AuthorizeRemoteTxRequests",
    "BlinkRepeat",
    "ChargeProfileMaxStackLevel",
    "ChargingScheduleAllowedChargingRateUnit",
    "ChargingScheduleMaxPeriods",
    "ClockAlignedDataInterval",
    "ConnectionTimeOut",
    "ConnectorPhaseRotation",
    "ConnectorSwitch3to1PhaseSupported",
    "GetConfigurationMaxKeys",
    "HeartbeatInterval",
    "LocalAuthListEnabled",
    "LocalAuthListMaxLength",
    "LocalAuthorizeOffline",
    "LocalPreAuthorize",
    "MaxChargingProfilesInstalled",
    "MaxEnergyOnInvalidId",
    "MeterValueSampleInterval",
    "MeterValuesAlignedData",
    "MeterValuesSampledData",
    "MinimumStatusDuration",
    "NumberOfConnectors",
    "ReserveConnectorZeroSupported",
    "ResetRetries",
    "SendLocalListMaxLength",
    "StopTransactionOnEVSideDisconnect",
    "StopTransactionOnInvalidId",
    "StopTxnAlignedData",
    "StopTxnSampledData",
    "SupportedFeatureProfiles",
    "TransactionMessageAttempts",
    "TransactionMessageRetryInterval",
    "UnlockConnectorOnEVSideDisconnect",
    "WebSocketPingInterval",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ZmartChargeConfigEntry
) -> dict[str, Any]:
    """Return what helps to find a fault."""
    hub = entry.runtime_data
    data = {
        "entry": entry.as_dict(),
        "port": hub.port,
        "tls": {
            "mode": hub.config.tls.mode,
            "port": hub.tls.port,
            "expires_at": hub.tls.certificate and hub.tls.certificate.expires_at.isoformat(),
        },
        "sites": [_site(site) for site in hub.sites.values()],
        "chargers": [_charger(charger) for charger in hub.chargers.values()],
    }
    redacted: dict[str, Any] = async_redact_data(data, TO_REDACT)
    return redacted


def _site(site: Site) -> dict[str, Any]:
    return {
        "grid": site.config.grid,
        "main_fuse": site.config.main_fuse,
        "meter": site.config.meter.type if site.config.meter else None,
        "meter_online": site.meter_online,
        "quality": site.quality,
        "frozen_phases": sorted(site.frozen),
        "power": site.power,
        "currents": {phase: site.current(phase) for phase in site.config.grid.phases},
        "rejected_payloads": site.rejected,
        "last_rejection": site.last_rejection,
        "price": _price(site) if site.pricing.configured else None,
    }


def _price(site: Site) -> dict[str, Any]:
    pricing, capacity = site.pricing, site.capacity
    return {
        "source": pricing.source,
        "known_until": pricing.known_until and pricing.known_until.isoformat(),
        "periods": len(pricing.prices.breakdowns),
        "estimated": sum(each.forecast for each in pricing.prices.breakdowns),
        "problem": pricing.problem and str(pricing.problem),
        "capacity_step": capacity.step,
        "kept_step": capacity.kept_step,
        "hours_learned": site.planning.learning.load.known,
    }


def _smart(connector: Connector) -> dict[str, Any]:
    smart = connector.smart
    verdict, plan = smart.verdict, smart.plan
    return {
        "smart": smart.smart,
        "wishes": smart.wishes.to_dict(),
        "wanted": smart.wanted,
        "sessions_learned": len(smart.needs.history.sessions),
        "verdict": verdict and verdict.reason,
        "until": verdict and verdict.until and verdict.until.isoformat(),
        "held": connector.held,
        "plan": plan and plan.sentence.key,
        "slots": [
            [slot.start.isoformat(), slot.end.isoformat(), slot.current, slot.energy]
            for slot in (plan.slots if plan else ())
        ],
    }


def _charger(charger: Charger) -> dict[str, Any]:
    return {
        "connected": charger.connected,
        "online": charger.online,
        "security_profile": charger.config.profile,
        "came_by_profile": charger.came_by,
        "wiring": charger.config.wiring,
        "circuit_fuse": charger.config.circuit_fuse,
        "boot": asdict(charger.boot_info) if charger.boot_info else None,
        "second_system": _second_system(charger),
        "make": charger.traits.make.name,
        "learned": charger.traits.learned.to_dict(),
        "abilities": asdict(charger.abilities) | {"configuration": _standard(charger)},
        "connectors": [_connector(connector) for connector in charger.connectors.values()],
    }


def _second_system(charger: Charger) -> dict[str, Any] | None:
    system = charger.second_system
    if system.destination is None:
        return None
    return {
        "mode": system.destination.mode,
        "asks_cards": system.destination.asks_cards,
        "encrypted": system.destination.url.startswith("wss:"),
        "connected": system.connected,
        "gone_since": system.gone_since and system.gone_since.isoformat(),
        "problem": system.problem and system.problem.key,
        "waiting": system.waiting,
        "given_up": system.given_up,
        "refused": dict(system.requests.refusals) if system.requests else {},
        "limits": system.limits.count,
    }


#: Components of OCPP 2.0.1 (part 2, appendices), without those that tell who it is or a secret.
STANDARD_COMPONENTS = {
    "AlignedDataCtrlr", "AuthCacheCtrlr", "AuthCtrlr", "CPPWMController", "ClockCtrlr", "Connector",
    "DeviceDataCtrlr", "DisplayMessageCtrlr", "EVSE", "LocalAuthListCtrlr", "MonitoringCtrlr",
    "OCPPCommCtrlr", "ReservationCtrlr", "SampledDataCtrlr", "SmartChargingCtrlr",
    "TariffCostCtrlr", "TxCtrlr",
}  # fmt: skip


def _standard(charger: Charger) -> dict[str, str | None]:
    """Return the standard's configuration; a vendor's own keys may hold passwords."""
    found = charger.abilities.configuration
    return {
        key: value
        for key, value in found.items()
        if key in STANDARD_KEYS or _component(key) in STANDARD_COMPONENTS
    }


def _component(variable: str) -> str:
    """Return the component of a variable of OCPP 2.0.1 by its name."""
    return variable.partition(".")[0].partition("#")[0].partition("[")[0]


def _connector(connector: Connector) -> dict[str, Any]:
    session = connector.session
    return {
        "connector_id": connector.connector_id,
        "state": connector.state,
        "status": connector.status,
        "reason": connector.reason,
        "error_code": connector.error_code,
        "vendor_error_code": connector.error and connector.error.vendor_error_code,
        "power": connector.measured.power,
        "offered": connector.measured.offered,
        "lifetime": connector.lifetime,
        "smart_charging": _smart(connector),
        "session": session
        and {
            "started_at": session.started_at.isoformat(),
            "stopped_at": session.stopped_at and session.stopped_at.isoformat(),
            "energy": session.energy_wh,
            "stop_reason": session.stop_reason,
            "flags": session.flags,
        },
    }
