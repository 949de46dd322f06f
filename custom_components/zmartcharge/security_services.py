"""The actions for keys and certificates of chargers."""

from functools import partial
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .charger_actions import async_register_charger_action
from .const import DOMAIN
from .csms import (
    CallRejectedError,
    CertificateDeletionStatus,
    CertificateHash,
    CertificateInstallStatus,
    CertificateUse,
)
from .helpers import translated_errors
from .targets import running_hub, targeted_charger

ATTR_CERTIFICATE = "certificate"
ATTR_HASH_ALGORITHM = "hash_algorithm"
ATTR_ISSUER_KEY_HASH = "issuer_key_hash"
ATTR_ISSUER_NAME_HASH = "issuer_name_hash"
ATTR_SERIAL_NUMBER = "serial_number"
ATTR_USE = "use"

SERVICE_CHANGE_KEY = "change_key"
SERVICE_DELETE_CERTIFICATE = "delete_certificate"
SERVICE_INSTALL_CERTIFICATE = "install_certificate"
SERVICE_LIST_CERTIFICATES = "list_certificates"
SERVICE_REQUEST_CERTIFICATE = "request_certificate"

#: What an installed certificate vouches for, as far as both OCPP versions know it.
_USES = {
    "central_system": CertificateUse.CENTRAL_SYSTEM_ROOT,
    "manufacturer": CertificateUse.MANUFACTURER_ROOT,
}
#: The longest that any OCPP version takes (2.0.1, InstallCertificateRequest).
_LONGEST_CERTIFICATE = 5500

_HEXADECIMAL = vol.All(cv.string, vol.Match(r"^[0-9A-Fa-f]{1,128}$"))
_INSTALL_FIELDS = {
    vol.Optional(ATTR_CERTIFICATE): vol.All(cv.string, vol.Length(max=_LONGEST_CERTIFICATE)),
    vol.Optional(ATTR_USE, default="central_system"): vol.In(_USES),
}
_DELETE_FIELDS = {
    vol.Required(ATTR_HASH_ALGORITHM): vol.In(("SHA256", "SHA384", "SHA512")),
    vol.Required(ATTR_ISSUER_NAME_HASH): _HEXADECIMAL,
    vol.Required(ATTR_ISSUER_KEY_HASH): _HEXADECIMAL,
    vol.Required(ATTR_SERIAL_NUMBER): _HEXADECIMAL,
}


@callback
def async_setup_security_services(hass: HomeAssistant) -> None:
    """Register the actions; only administrators decide whom chargers trust."""
    register = partial(async_register_charger_action, hass)
    register(SERVICE_CHANGE_KEY, _change_key)
    register(SERVICE_REQUEST_CERTIFICATE, _request)
    register(SERVICE_INSTALL_CERTIFICATE, _install, _INSTALL_FIELDS)
    register(SERVICE_DELETE_CERTIFICATE, _delete, _DELETE_FIELDS)
    register(SERVICE_LIST_CERTIFICATES, _list, response=SupportsResponse.ONLY)


async def _change_key(call: ServiceCall) -> None:
    charger = targeted_charger(call)
    with translated_errors(charger.config.name):
        try:
            await charger.security.change_key()
        except CallRejectedError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="key_not_taken",
                translation_placeholders={"charger": charger.config.name},
            ) from err


async def _request(call: ServiceCall) -> None:
    charger = targeted_charger(call)
    if not running_hub(call.hass).tls.signs:
        raise _without_authority()
    with translated_errors(charger.config.name):
        await charger.security.request_certificate()


async def _install(call: ServiceCall) -> None:
    charger = targeted_charger(call)
    given = call.data.get(ATTR_CERTIFICATE)
    certificates = (given,) if given else running_hub(call.hass).tls.roots
    if not certificates:
        raise _without_authority()
    with translated_errors(charger.config.name):
        statuses = [
            await charger.station.install_certificate(_USES[call.data[ATTR_USE]], certificate)
            for certificate in certificates
        ]
        # Of our own two a charger needs the one whose arithmetic it knows.
        if CertificateInstallStatus.ACCEPTED not in statuses:
            raise CallRejectedError("InstallCertificate", statuses[0].value)


async def _delete(call: ServiceCall) -> None:
    charger = targeted_charger(call)
    certificate = CertificateHash(
        algorithm=call.data[ATTR_HASH_ALGORITHM],
        issuer_name=call.data[ATTR_ISSUER_NAME_HASH],
        issuer_key=call.data[ATTR_ISSUER_KEY_HASH],
        serial_number=call.data[ATTR_SERIAL_NUMBER],
    )
    with translated_errors(charger.config.name):
        status = await charger.station.delete_certificate(certificate)
        if status is not CertificateDeletionStatus.ACCEPTED:
            raise CallRejectedError("DeleteCertificate", status.value)


async def _list(call: ServiceCall) -> ServiceResponse:
    charger = targeted_charger(call)
    found: list[dict[str, Any]] = []
    with translated_errors(charger.config.name):
        for use, kind in _USES.items():
            found += [
                {
                    ATTR_USE: use,
                    ATTR_HASH_ALGORITHM: each.hash.algorithm,
                    ATTR_ISSUER_NAME_HASH: each.hash.issuer_name,
                    ATTR_ISSUER_KEY_HASH: each.hash.issuer_key,
                    ATTR_SERIAL_NUMBER: each.hash.serial_number,
                }
                for each in await charger.station.installed_certificates(kind)
            ]
    return {"certificates": list(found)}


def _without_authority() -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key="no_own_authority")
