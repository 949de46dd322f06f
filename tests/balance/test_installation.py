"""What is said of fuses before anything is built."""

import pytest

from custom_components.zmartcharge.balance import InstallationKey, check_installation


@pytest.mark.parametrize(
    ("fuse", "maximum", "key"),
    [
        (63, 32, None),
        (32, 16, None),
        (20, 12, None),
        (25, 16, InstallationKey.LITTLE_TIME),
        (32, 32, InstallationKey.LITTLE_TIME),
        (25, 32, InstallationKey.CHARGER_ABOVE_FUSE),
    ],
)
def test_charger_beside_the_main_fuse(
    fuse: float, maximum: float, key: InstallationKey | None
) -> None:
    assert [found.key for found in check_installation(fuse, [("Garage", maximum)])] == (
        [key] if key else []
    )


def test_finding_says_it_in_numbers() -> None:
    (warning, refusal) = check_installation(25, [("Garage", 16.0), ("Drive", 32.0)])
    assert not warning.refused
    assert warning.placeholders == {
        "charger": "Garage",
        "maximum": "16",
        "fuse": "25",
        "ratio": "1.64",
    }
    assert refusal.refused


@pytest.mark.parametrize("fuse", [0, -1, float("nan")])
def test_fuse_that_is_none_is_refused(fuse: float) -> None:
    with pytest.raises(ValueError, match="main fuse"):
        check_installation(fuse, [])
