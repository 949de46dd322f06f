"""How a charger has to come, as its form asks for it and as it is kept."""

from collections.abc import Mapping
from typing import Any

from .config import profile_of
from .const import (
    CONF_CERTIFICATES,
    CONF_CHARGE_POINT_ID,
    CONF_KEY_HASH,
    CONF_NEW_KEY_HASH,
    CONF_SECURITY,
    CONF_SECURITY_PROFILE,
)
from .csms import SecurityProfile
from .flow_schema import SECURITY_KEEP, SECURITY_NONE


def form_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a charger's data as its form shows it."""
    profile = max(SecurityProfile.BASIC, profile_of(data))
    return {**data, CONF_SECURITY_PROFILE: str(profile.value)}


def profile_errors(
    user_input: Mapping[str, Any], present: Mapping[str, Any] | None
) -> dict[str, str]:
    """Return what is wrong with the profile of a form; ``present`` is what a known charger has."""
    profile = int(user_input.get(CONF_SECURITY_PROFILE, 0))
    known = present or {}
    if profile == SecurityProfile.TLS_BASIC:
        security = user_input[CONF_SECURITY]
        keyless = security == SECURITY_KEEP and not known.get(CONF_KEY_HASH)
        if keyless or security == SECURITY_NONE:
            return {CONF_SECURITY_PROFILE: "profile_needs_key"}
    if profile == SecurityProfile.TLS_CERTIFICATE and (
        not known.get(CONF_CERTIFICATES)
        or user_input[CONF_CHARGE_POINT_ID] != known.get(CONF_CHARGE_POINT_ID)
    ):
        return {CONF_SECURITY_PROFILE: "profile_needs_certificate"}
    return {}


def kept_profile(asked: str | None) -> dict[str, Any]:
    """Return what is kept of the profile of a form; without TLS it is the key that tells it."""
    profile = int(asked or 0)
    return {CONF_SECURITY_PROFILE: profile} if profile >= SecurityProfile.TLS_BASIC else {}


def without_outdated(
    beside: Mapping[str, Any], data: Mapping[str, Any], present: Mapping[str, Any], *, new_key: bool
) -> dict[str, Any]:
    """Return what a charger keeps beside its form, without what its changes have made invalid.

    A new key ends the change of the one before. Another charger, or one that leaves profile 3, loses
    its certificates, so that whoever has them is not let in any more; so does one with a new key,
    unless it must come with a certificate: who knew the key before may have got one by it.
    """
    kept = dict(beside)
    if new_key:
        kept.pop(CONF_NEW_KEY_HASH, None)
    another = present.get(CONF_CHARGE_POINT_ID) != data[CONF_CHARGE_POINT_ID]
    before, after = (profile_of(each) for each in (present, {**kept, **data}))
    certified = SecurityProfile.TLS_CERTIFICATE
    if another or after < before is certified or (new_key and after < certified):
        kept.pop(CONF_CERTIFICATES, None)
    return kept
