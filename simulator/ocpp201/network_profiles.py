"""The ways by which the simulated charger may dial: OCPP 2.0.1, part 2, A05, B09 and B10."""

from collections.abc import Callable, Mapping
from typing import Any

from ..configuration import Configuration
from ..security import Security

ACCEPTED, REJECTED, REBOOT_REQUIRED = "Accepted", "Rejected", "RebootRequired"


class NetworkProfiles:
    """Numbered slots, and in which order they are dialled after the next restart."""

    def __init__(
        self,
        security: Security,
        configuration: Configuration,
        has_key: Callable[[], bool],
        *,
        slots: int = 2,
    ) -> None:
        """Start with the usual way in slot 1."""
        self._security = security
        self._configuration = configuration
        self._has_key = has_key
        self._known: dict[int, Mapping[str, Any] | None] = {1: None}
        self._slots = range(1, slots + 1)
        self._wanted: int | None = None
        self.priority = "1"
        self.active = 1

    def take(self, slot: int, profile: Mapping[str, Any]) -> str:
        """Fill a slot and return the SetNetworkProfileStatus (B09): the one in use is left alone."""
        if slot not in self._slots or slot == self.active:
            return REJECTED
        if int(profile["security_profile"]) < self._present:
            return REJECTED
        self._known[slot] = dict(profile)
        return ACCEPTED

    def prefer(self, value: str) -> str:
        """Set the NetworkConfigurationPriority and return the SetVariableStatus (A05, B10)."""
        texts = value.split(",")
        if not all(text.isdecimal() and int(text) in self._known for text in texts):
            return REJECTED
        profile = self._known[int(texts[0])]
        if profile is not None and not self._security.can_raise(
            self._configuration, str(profile["security_profile"]), has_key=self._has_key()
        ):
            return REJECTED
        self.priority = value
        return REBOOT_REQUIRED

    def restarted(self) -> None:
        """Dial by the first way of the list from now on."""
        first = int(self.priority.split(",")[0])
        profile = self._known[first]
        if profile is None:
            return
        self._wanted = first
        self._security.raise_profile(
            self._configuration,
            str(profile["security_profile"]),
            has_key=self._has_key(),
            url=str(profile["ocpp_csms_url"]),
        )

    def connected(self) -> None:
        """Take note by which way it came; a lower one is not kept (A05.FR.06)."""
        if self._wanted is None:
            return
        profile = self._known[self._wanted]
        if profile is not None and int(profile["security_profile"]) == self._present:
            self.active = self._wanted
            self._known = {self.active: profile}
            self.priority = str(self.active)
        self._wanted = None

    @property
    def _present(self) -> int:
        return self._configuration.number("SecurityProfile")
