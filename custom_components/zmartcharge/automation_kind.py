"""The kinds of automations that are made once, so that they can be seen, changed and deleted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_SITE

if TYPE_CHECKING:
    from .charger import Charger
    from .hub import Hub
    from .site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationKind[LivingT: Site | Charger]:
    """An automation of each site, or of each charger."""

    #: The type of subentry it belongs to; also the blueprint's input and the texts' placeholder.
    role: str
    #: The action by which it answers.
    action: str
    #: The file of its blueprint.
    blueprint: str
    #: In a subentry: it was made, and is not made again when it is deleted.
    marker: str
    #: How its id begins.
    prefix: str
    #: How the keys of its name and of its repairs begin.
    text: str
    #: The key of the repair when it does not answer, and how that issue's id begins.
    unanswered: str
    all_of: Callable[[Hub], Mapping[str, LivingT]]
    #: Whether something is to have one.
    wanted: Callable[[LivingT], bool]
    #: Whether its absence is worth a repair.
    missed: Callable[[LivingT], bool]

    def issue_id(self, subentry_id: str) -> str:
        """Return the id of its issue."""
        return f"{self.unanswered}_{subentry_id}"

    def automation_id(self, subentry_id: str) -> str:
        """Return the id of the automation."""
        return f"{DOMAIN}_{self.prefix}_{subentry_id}"


def _is_metered(site: Site) -> bool:
    return site.config.meter is not None


def _is_priced(charger: Charger) -> bool:
    return charger.site is not None and charger.site.pricing.configured


def _is_smart(charger: Charger) -> bool:
    return any(connector.smart.smart for connector in charger.connectors.values())


LOAD_BALANCING: AutomationKind[Site] = AutomationKind(
    role=SUBENTRY_SITE,
    action=f"{DOMAIN}.balance_load",
    blueprint="load_balancing.yaml",
    marker="load_automation",
    prefix="balance",
    text="load_automation",
    unanswered="balancing_unanswered",
    all_of=lambda hub: hub.sites,
    wanted=_is_metered,
    missed=lambda _: True,
)
SMART_CHARGING: AutomationKind[Charger] = AutomationKind(
    role=SUBENTRY_CHARGER,
    action=f"{DOMAIN}.plan_charging",
    blueprint="smart_charging.yaml",
    marker="smart_automation",
    prefix="plan",
    text="smart_automation",
    unanswered="planning_unanswered",
    all_of=lambda hub: hub.chargers,
    wanted=_is_priced,
    missed=_is_smart,
)
