"""Who may speak of which chargers to Assist."""

from homeassistant.auth.models import Group, User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockUser

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import House
from .priced import Priced, patient_fixture, price_data, priced_site  # noqa: F401
from .voiced import (  # noqa: F401
    LANGUAGES,
    SPOKEN,
    Voiced,
    carport,
    charging_fixture,
    set_up,
    two,
    voiced_fixture,
)


def _expose(hass: HomeAssistant, exposed: bool, *entity_ids: str) -> None:
    for entity_id in entity_ids:
        async_expose_entity(hass, "conversation", entity_id, exposed)


def _expose_all(house: House, exposed: bool) -> None:
    _expose(house.hass, exposed, *house.entity_ids())


async def test_charger_that_is_not_exposed_is_not_known(voiced: Voiced) -> None:
    await set_up(voiced)
    _expose_all(voiced.house, False)
    assert (await voiced.fails("Start lading i garasjen")).startswith("Jeg kjenner ingen lader.")


async def test_charger_of_which_only_the_status_is_exposed_is_not_controlled(
    voiced: Voiced,
) -> None:
    await set_up(voiced)
    _expose_all(voiced.house, False)
    _expose(voiced.house.hass, True, "sensor.garasje_status")
    await voiced.house.connect()
    assert await voiced.say("Er laderen ledig?") == "Ja, Garasje er ledig."
    assert await voiced.fails("Start lading") == (
        "Jeg kan fortelle om Garasje, men jeg får ikke styre den."
    )


async def _user(hass: HomeAssistant, **entities: bool) -> User:
    """Return a user who may only see, or not even that."""
    policy = {"entities": {"domains": {"sensor": entities}}} if entities else {}
    group = Group(name="Guests", policy=policy, id="guests")
    user = MockUser(name="Guest", groups=[group]).add_to_hass(hass)
    user.mock_policy(policy)
    return user


async def test_user_who_may_only_see_is_told_but_does_nothing(charging: Voiced) -> None:
    user = await _user(charging.house.hass, **{POLICY_READ: True})
    charging.user_id = user.id
    assert (await charging.say("Er laderen ledig?")).startswith("Nei. Garasje: ")
    assert await charging.fails("Stopp ladingen") == "Du har ikke lov til å styre Garasje."
    assert (await charging.say("Ja")).startswith("Det er ikke noe å svare")
    assert charging.house.connector.in_session


async def test_user_who_may_see_nothing_knows_no_charger(charging: Voiced) -> None:
    charging.user_id = (await _user(charging.house.hass)).id
    assert (await charging.fails("Stopp ladingen")).startswith("Jeg kjenner ingen lader.")


async def test_user_whose_right_was_taken_away_confirms_nothing(
    charging: Voiced, hass_admin_user: MockUser
) -> None:
    charging.user_id = hass_admin_user.id
    await charging.say("Stopp ladingen")
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"domains": {"sensor": {POLICY_READ: True}}}})
    assert await charging.fails("Ja") == "Du har ikke lov til å styre Garasje."
    assert charging.house.connector.in_session


async def test_user_who_was_deleted_is_not_known(charging: Voiced) -> None:
    assert await charging.fails("Stopp ladingen", user_id="gone") == (
        "Jeg vet ikke hvem som snakker."
    )
