"""The words of the product, in its four languages."""

from enum import StrEnum
import json
from typing import Any

import pytest

from custom_components.zmartcharge import csms, ledger
from custom_components.zmartcharge.balance import GuardReason, Need
from custom_components.zmartcharge.balance_view import WithoutMeter
from custom_components.zmartcharge.csms import CsmsError
from custom_components.zmartcharge.fail_safe import Grade
from custom_components.zmartcharge.ledger import LedgerError
from custom_components.zmartcharge.status import Reason, Status
from custom_components.zmartcharge.units import GridType, Phase, Wiring

from .flows import ENGLISH, INTEGRATION, placeholders

LANGUAGES = ("en", "nb", "sv", "da")


def _texts(language: str) -> dict[str, Any]:
    path = INTEGRATION / "translations" / f"{language}.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _leaves(node: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in node.items():
        if isinstance(value, dict):
            found |= _leaves(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def _states(language: str) -> dict[str, str]:
    states: dict[str, str] = _texts(language)["entity"]["sensor"]["status"]["state"]
    return states


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_each_language_says_all_that_english_says(language: str) -> None:
    english, other = _leaves(ENGLISH), _leaves(_texts(language))
    assert other.keys() == english.keys()
    for key, text in other.items():
        assert text.strip()
        assert placeholders(text) == placeholders(english[key]), key


#: The messages of the charger, word for word (Z-3.1-01 to Z-3.1-08).
@pytest.mark.parametrize(
    ("status", "norwegian", "english"),
    [
        (Status.READY, "Laderen er klar", "The charger is ready"),
        (Status.PREPARING, "Laderen gjør seg klar", "The charger is getting ready"),
        (
            Status.WAITING,
            "Venter på start eller rimelig strøm",
            "Waiting for start or cheap power",
        ),
        (
            Status.CAR_PAUSED,
            "Bilen har pauset, eller avsluttet lading",
            "The car has paused or ended charging",
        ),
        (Status.FINISHED, "Ladingen er ferdig", "Charging is finished"),
        (
            Status.OFFLINE,
            "Laderen må tilkoples Internett",
            "The charger must be connected to the Internet",
        ),
        (Status.CHARGING, "Lading pågår", "Charging in progress"),
        (Status.FAULT, "Det er en feil på laderen.", "There is a fault on the charger."),
    ],
)
def test_statuses_are_worded_as_people_know_them(
    status: Status, norwegian: str, english: str
) -> None:
    assert _states("nb")[status] == norwegian
    assert _states("en")[status] == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_status_has_words_of_its_own(language: str) -> None:
    states = _states(language)
    assert states.keys() == set(Status)
    assert len(set(states.values())) == len(states)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_has_words(language: str) -> None:
    attribute = _texts(language)["entity"]["sensor"]["status"]["state_attributes"]["reason"]
    assert attribute["state"].keys() == set(Reason)


@pytest.mark.parametrize(
    ("selector", "values"),
    [
        ("grid_type", GridType),
        ("wiring", Wiring),
        ("without_meter", WithoutMeter),
        ("balance_reason", Need),
        ("lines", Phase),
    ],
)
def test_each_choice_has_words(selector: str, values: type[StrEnum]) -> None:
    assert ENGLISH["selector"][selector]["options"].keys() == set(values)


def test_each_reason_of_the_fuse_guard_has_words() -> None:
    guard = ENGLISH["entity"]["binary_sensor"]["fuse_guard"]
    assert guard["state_attributes"]["reason"]["state"].keys() == set(GuardReason)


def test_each_grade_of_a_fail_safe_has_words() -> None:
    assert ENGLISH["entity"]["sensor"]["fail_safe_grade"]["state"].keys() == set(Grade)


@pytest.mark.parametrize(
    "error",
    [e for e in vars(ledger).values() if isinstance(e, type) and issubclass(e, LedgerError)],
)
def test_each_trouble_with_the_ledger_has_words_everywhere(error: type[LedgerError]) -> None:
    key = f"ledger_{error.key}"
    assert key in ENGLISH["config"]["error"]
    assert "{error}" in ENGLISH["exceptions"][key]["message"]
    assert "{error}" in ENGLISH["issues"][key]["description"]


@pytest.mark.parametrize("error", [csms.PortInUseError, csms.InterfaceError])
def test_each_trouble_with_the_port_has_words_everywhere(error: type[CsmsError]) -> None:
    assert error.key in ENGLISH["config"]["error"]
    assert error.key in ENGLISH["exceptions"]


def test_steps_of_a_charger_read_the_same_after_a_discovery_as_in_its_own_flow() -> None:
    discovered, own = ENGLISH["config"], ENGLISH["config_subentries"]["charger"]
    for step in ("charger", "connect", "not_seen"):
        assert discovered["step"][step] == own["step"][step]
    assert discovered["progress"].items() <= own["progress"].items()
    shared = {
        key: text
        for key, text in own["error"].items()
        if not key.startswith(("unplug_", "upgrade_", "second_system_"))
    }
    assert shared.items() <= discovered["error"].items()
    for reason in ("not_loaded", "no_site", "already_claimed"):
        assert discovered["abort"][reason] == own["abort"][reason]


@pytest.mark.parametrize("wiring", list(Wiring))
def test_every_wrong_wiring_has_words(wiring: Wiring) -> None:
    for grid in GridType:
        if not wiring.fits(grid):
            assert f"wiring_{grid}" in ENGLISH["config_subentries"]["charger"]["error"]
