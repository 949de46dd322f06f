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

from .config import ChargerConfig, sites_of
from .const import (
    CIRCUIT_FUSE_RANGE,
    CONF_ADDRESS,
    CONF_CHARGE_POINT_ID,
    CONF_CIRCUIT_FUSE,
    CONF_DATABASE_URL,
    CONF_GRID_TYPE,
    CONF_MAIN_FUSE,
    CONF_SECURITY,
    CONF_SITE,
    CONF_WIRING,
    DEFAULT_HOST,
    DEFAULT_PORT,
    MAIN_FUSE_RANGE,
)
from .csms import InvalidIdentityError, key_problem, parse_identity
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


def suggested_charger_name(language: str, number: int) -> str:
    """Return a name for a site's next charger in Home Assistant's language."""
    return f"{_CHARGER.get(language, 'Charger')} {number}"


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
            vol.Required(CONF_PORT, default=DEFAULT_PORT): _integer(1, 65535),
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
            vol.Required(CONF_WIRING, default=Wiring.L1_L2_L3): _choice(CONF_WIRING, list(Wiring)),
            vol.Required(
                CONF_SECURITY, default=SECURITY_GENERATED if new else SECURITY_KEEP
            ): _choice(CONF_SECURITY, security if new else [SECURITY_KEEP, *security]),
            vol.Optional(CONF_KEY): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD)
            ),
        }
    )


def site_selector(entry: ConfigEntry[Any]) -> SelectSelector:
    """Return a choice among the entry's sites."""
    options = [
        SelectOptionDict(value=subentry_id, label=site.name)
        for subentry_id, site in sites_of(entry).items()
    ]
    return SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN))


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
    elif any(charger.circuit_fuse > user_input[CONF_MAIN_FUSE] for charger in chargers):
        errors[CONF_MAIN_FUSE] = "main_fuse_below_charger"
    return errors


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
    elif site and user_input[CONF_CIRCUIT_FUSE] > site.main_fuse:
        errors[CONF_CIRCUIT_FUSE] = "circuit_fuse_above_main"
    if site and not Wiring(user_input[CONF_WIRING]).fits(site.grid):
        errors[CONF_WIRING] = f"wiring_{site.grid}"
    if user_input[CONF_SECURITY] == SECURITY_OWN and (
        problem := key_problem(user_input.get(CONF_KEY, ""))
    ):
        errors[CONF_KEY] = problem
    return errors


def _in_range(value: float, limits: tuple[int, int]) -> bool:
    return limits[0] <= value <= limits[1] and value == int(value)


def _integer(low: int, high: int) -> Any:
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
