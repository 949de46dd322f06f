"""What software can protect, and what no software can: the choice of fuses."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..units import Ampere

#: A gG fuse up to 63 A melts within the hour at 1.6 times its rating (IEC 60269-1).
_WARN_ABOVE = 1.6


class InstallationKey(StrEnum):
    """What is wrong with an installation; each is also the key of a translated message.

    Placeholders of both: [charger, maximum, fuse], and [ratio] of the warning.
    """

    #: The charger alone overloads the main fuse.
    CHARGER_ABOVE_FUSE = "charger_above_fuse"
    #: Added to a fully loaded house the charger reaches the melting current.
    LITTLE_TIME = "little_time"


@dataclass(frozen=True, slots=True)
class InstallationFinding:
    """One finding; ``refused`` ones must not be installed. Currents in A."""

    key: InstallationKey
    charger: str
    maximum: Ampere
    fuse: Ampere

    @property
    def refused(self) -> bool:
        """Return whether the charger must not be set up so."""
        return self.key is InstallationKey.CHARGER_ABOVE_FUSE

    @property
    def placeholders(self) -> dict[str, str]:
        """Return the placeholders of the message."""
        return {
            "charger": self.charger,
            "maximum": f"{self.maximum:g}",
            "fuse": f"{self.fuse:g}",
            "ratio": f"{(self.fuse + self.maximum) / self.fuse:.2f}",
        }


def check_installation(
    main_fuse: Ampere, maxima: Iterable[tuple[str, Ampere]]
) -> tuple[InstallationFinding, ...]:
    """Return what is wrong with chargers (name, the most that they can take in a line in A).

    Raises ``ValueError`` for a main fuse that is not above 0.
    """
    if not main_fuse > 0:
        raise ValueError("the main fuse must be above 0 A")
    findings = []
    for charger, maximum in maxima:
        if maximum > main_fuse:
            key = InstallationKey.CHARGER_ABOVE_FUSE
        elif (main_fuse + maximum) / main_fuse > _WARN_ABOVE:
            key = InstallationKey.LITTLE_TIME
        else:
            continue
        findings.append(InstallationFinding(key, charger, maximum, main_fuse))
    return tuple(findings)
