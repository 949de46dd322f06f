"""Forms of the flows, and what can be wrong with their values."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT, UnitOfElectricCurrent
from homeassistant.helpers.selector import (
    LocationSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .access import Access
from .balance import InstallationFinding, check_installation
from .config import ChargerConfig, TlsConfig, TlsMode, sites_of
from .const import (
    CIRCUIT_FUSE_RANGE,
    CONF_ACCESS,
    CONF_ADDRESS,
    CONF_CHARGE_POINT_ID,
    CONF_CIRCUIT,
    CONF_CIRCUIT_FUSE,
    CONF_DATABASE_URL,
    CONF_GRID_TYPE,
    CONF_MAIN_FUSE,
    CONF_SECURITY,
    CONF_SECURITY_PROFILE,
    CONF_SITE,
    CONF_WIRING,
    DEFAULT_HOST,
    DEFAULT_PORT,
    MAIN_FUSE_RANGE,
    SUBENTRY_CHARGER,
)
from .csms import InvalidIdentityError, SecurityProfile, key_problem, parse_identity
from .units import GridType, Wiring

CONF_KEY = "key"
CONF_LOCATION = "location"

SECURITY_GENERATED = "generated_key"
SECURITY_OWN = "own_key"
SECURITY_KEEP = "keep_key"
SECURITY_NONE = "no_key"


#: What a home and its chargers are called where people have not said; names are kept as they are
#: given, so these cannot be translation keys.
_HOME = {"nb": "Mitt hjem", "no": "Mitt hjem", "sv": "Mitt hem", "da": "Mit hjem"}
_CHARGER = {"nb": "Lader", "no": "Lader", "sv": "Laddbox", "da": "Lader"}


def suggested_site_name(language: str) -> str:
    """Return a name for the first site in Home Assistant's language."""
    return _HOME.get(language, "My home")


def suggested_charger_name(language: str) -> str:
    """Return what precedes a charger's number in Home Assistant's language."""
    return _CHARGER.get(language, "Charger")


def hub_schema(interfaces: list[str]) -> vol.Schema:
    """Return the form of the central system's address and the ledger's place."""
    return vol.Schema(
        {
            vol.Required(CONF_HOST, default=DEFAULT_HOST): SelectSelector(
                SelectSelectorConfig(
                    options=[DEFAULT_HOST, *interfaces],
                    custom_value=True,
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            vol.Required(CONF_PORT, default=DEFAULT_PORT): whole_number(1, 65535),
            vol.Optional(CONF_DATABASE_URL): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD)
            ),
        }
    )


def site_schema() -> vol.Schema:
    """Return the form of a site."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            # First what must be filled in: a map is large.
            vol.Required(CONF_GRID_TYPE, default=GridType.TN_400): _choice(
                CONF_GRID_TYPE, list(GridType)
            ),
            vol.Required(CONF_MAIN_FUSE): _amperes(),
            vol.Optional(CONF_ADDRESS): TextSelector(),
            vol.Optional(CONF_LOCATION): LocationSelector(),
        }
    )


def charger_schema(entry: ConfigEntry[Any], *, new: bool) -> vol.Schema:
    """Return the form of a charger; a known one may keep its key."""
    security = [SECURITY_GENERATED, SECURITY_OWN, SECURITY_NONE]
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_CHARGE_POINT_ID): TextSelector(),
            vol.Required(CONF_SITE): site_selector(entry),
            vol.Required(CONF_CIRCUIT_FUSE, default=16): _amperes(),
            vol.Optional(CONF_CIRCUIT): _circuit(entry),
            vol.Required(CONF_WIRING, default=Wiring.L1_L2_L3): _choice(CONF_WIRING, list(Wiring)),
            vol.Required(CONF_ACCESS, default=Access.REGISTERED): _choice(
                CONF_ACCESS, list(Access)
            ),
            vol.Required(
                CONF_SECURITY, default=SECURITY_GENERATED if new else SECURITY_KEEP
            ): _choice(CONF_SECURITY, security if new else [SECURITY_KEEP, *security]),
            vol.Optional(CONF_KEY): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD)
            ),
            **_security_profile(entry),
        }
    )


def _security_profile(entry: ConfigEntry[Any]) -> dict[vol.Marker, SelectSelector]:
    """Return the choice of how a charger has to come, where it has one."""
    if TlsConfig.of(entry.options).mode is TlsMode.OFF:
        return {}
    default = str(SecurityProfile.BASIC.value)
    options = [
        str(profile.value) for profile in SecurityProfile if profile >= SecurityProfile.BASIC
    ]
    marker = vol.Required(CONF_SECURITY_PROFILE, default=default)
    return {marker: _choice(CONF_SECURITY_PROFILE, options)}


def data_beside(schema: vol.Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a subentry's data that its form does not ask for, and so must not lose."""
    return {key: value for key, value in data.items() if key not in schema.schema}


def site_selector(entry: ConfigEntry[Any]) -> SelectSelector:
    """Return a choice among the entry's sites."""
    options = [
        SelectOptionDict(value=subentry_id, label=site.name)
        for subentry_id, site in sites_of(entry).items()
    ]
    return SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN))


def site_findings(
    user_input: Mapping[str, Any], chargers: Iterable[ChargerConfig]
) -> tuple[InstallationFinding, ...]:
    """Return what is wrong with a site's own chargers beside the main fuse of its form."""
    if not _in_range(user_input[CONF_MAIN_FUSE], MAIN_FUSE_RANGE):
        return ()
    maxima = ((charger.name, charger.circuit_fuse) for charger in chargers)
    return check_installation(user_input[CONF_MAIN_FUSE], maxima)


def site_errors(
    user_input: Mapping[str, Any], chargers: Iterable[ChargerConfig] = ()
) -> dict[str, str]:
    """Return what is wrong with a site's form, by field; ``chargers`` are the site's own.

    The supply may be put right before the chargers' wiring is: one of them has to come first.
    """
    errors = {}
    if not user_input[CONF_NAME].strip():
        errors[CONF_NAME] = "name_empty"
    if not _in_range(user_input[CONF_MAIN_FUSE], MAIN_FUSE_RANGE):
        errors[CONF_MAIN_FUSE] = "main_fuse_range"
    elif any(finding.refused for finding in site_findings(user_input, chargers)):
        errors[CONF_MAIN_FUSE] = "main_fuse_below_charger"
    return errors


def charger_findings(
    entry: ConfigEntry[Any], values: Mapping[str, Any]
) -> tuple[InstallationFinding, ...]:
    """Return what is wrong with a charger beside its site's main fuse: one finding or none.

    ``values`` are a charger's form, or its data with its name; without a site nothing is wrong.
    """
    site = sites_of(entry).get(values.get(CONF_SITE, ""))
    charger = (values[CONF_NAME].strip(), values[CONF_CIRCUIT_FUSE])
    return check_installation(site.main_fuse, [charger]) if site else ()


def charger_errors(entry: ConfigEntry[Any], user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a charger's form, by field."""
    errors = {}
    if not user_input[CONF_NAME].strip():
        errors[CONF_NAME] = "name_empty"
    try:
        parse_identity(user_input[CONF_CHARGE_POINT_ID])
    except InvalidIdentityError:
        errors[CONF_CHARGE_POINT_ID] = "invalid_identity"
    site = sites_of(entry).get(user_input[CONF_SITE])
    if site is None:
        errors[CONF_SITE] = "site_gone"
    if not _in_range(user_input[CONF_CIRCUIT_FUSE], CIRCUIT_FUSE_RANGE):
        errors[CONF_CIRCUIT_FUSE] = "circuit_fuse_range"
    elif any(finding.refused for finding in charger_findings(entry, user_input)):
        errors[CONF_CIRCUIT_FUSE] = "circuit_fuse_above_main"
    if site and not Wiring(user_input[CONF_WIRING]).fits(site.grid):
        errors[CONF_WIRING] = f"wiring_{site.grid}"
    if user_input[CONF_SECURITY] == SECURITY_OWN and (
        problem := key_problem(user_input.get(CONF_KEY, ""))
    ):
        errors[CONF_KEY] = problem
    return errors


def refusal_placeholders(findings: Iterable[InstallationFinding]) -> dict[str, str]:
    """Return what the errors name of fuses that are refused: [chargers, fuse]."""
    refused = [finding for finding in findings if finding.refused]
    return {
        "chargers": ", ".join(f"{each.charger} ({each.maximum:g} A)" for each in refused),
        "fuse": next((f"{each.fuse:g}" for each in refused), ""),
    }


def warning_placeholders(findings: Iterable[InstallationFinding]) -> dict[str, str]:
    """Return the sums that a warning shows, a line of Markdown for each charger: [numbers].

    In per cent, because a ratio would need the decimal sign of each language.
    """
    lines = []
    for each in findings:
        total = each.fuse + each.maximum
        share = f"{total / each.fuse * 100:.0f} %"
        lines.append(
            f"- {each.charger}: {each.fuse:g} A + {each.maximum:g} A = {total:g} A ({share})"
        )
    return {"numbers": "\n".join(lines)}


def numbers_of(findings: Iterable[InstallationFinding]) -> frozenset[tuple[float, float]]:
    """Return what a user agrees to who was warned: (main fuse, charger's maximum) in A."""
    return frozenset((each.fuse, each.maximum) for each in findings)


def circuit_name(
    entry: ConfigEntry[Any], site_id: str, text: str, *, own_id: str | None = None
) -> str | None:
    """Return a shared circuit's name as the site's other chargers spell it; None for an empty one.

    Names that differ only in case and blanks are one. ``own_id`` is the charge point id of a charger
    that is being changed: its present spelling does not count.
    """
    name = " ".join(text.split())
    for data in _charger_data(entry):
        other = data[CONF_CHARGE_POINT_ID] != own_id and data.get(CONF_SITE) == site_id
        known: str = data.get(CONF_CIRCUIT) or ""
        if other and known.casefold() == name.casefold():
            return known or None
    return name or None


def _charger_data(entry: ConfigEntry[Any]) -> list[Mapping[str, Any]]:
    return [subentry.data for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)]


def _circuit(entry: ConfigEntry[Any]) -> SelectSelector | TextSelector:
    """Return a field for a circuit's name; those that other chargers have are offered."""
    names = {data[CONF_CIRCUIT] for data in _charger_data(entry) if data.get(CONF_CIRCUIT)}
    if not names:
        return TextSelector()
    return SelectSelector(
        SelectSelectorConfig(
            options=sorted(names), custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
    )


def _in_range(value: float, limits: tuple[int, int]) -> bool:
    return limits[0] <= value <= limits[1] and value == int(value)


def whole_number(low: int, high: int) -> Any:
    """Return a field for a whole number."""
    box = NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)
    return vol.All(NumberSelector(box), vol.Coerce(int))


def _amperes() -> NumberSelector:
    # The range is checked by us, for an error that says what to do instead of one that does not.
    return NumberSelector(
        NumberSelectorConfig(
            step="any",
            mode=NumberSelectorMode.BOX,
            unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        )
    )


def _choice(key: str, options: list[Any]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=[str(option) for option in options],
            translation_key=key,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )
