"""Repairs that the living objects raise and clear."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .answering import Answering, answering, answering_automations
from .automation_file import CannotAddError
from .automation_kind import LOAD_BALANCING, SMART_CHARGING, AutomationKind
from .config import HubConfig, MqttMeter
from .const import DOMAIN
from .csms import CertificateError, CsmsError
from .devices import device_id_of
from .ledger import LedgerError
from .limiter import Defiance
from .meter import CLOCK_REJECTIONS, PayloadProblem, Rejection
from .price import PriceError
from .reasons import text_of

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .firmware import FirmwareFailure
    from .site import Site

#: How the key of a repair ends: no automation answers because of this.
_NO_AUTOMATION = {Answering.MISSING: "missing", Answering.OFF: "off"}
_NOT_ADDED = "not_added"


def tls_problem(hass: HomeAssistant, err: CsmsError, config: HubConfig) -> str:
    """Return what keeps chargers from coming by TLS, in words, with what to do about it."""
    if isinstance(err, CertificateError):
        return text_of(hass, err.key, {"file": err.subject})
    where = {"host": config.host, "port": str(config.tls.port), "error": str(err)}
    return text_of(hass, f"tls_{err.key}", where)


class Issues:
    """Each issue has one id per thing, so it is raised once and cleared when the thing works."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with no issue known."""
        self._hass = hass
        self._ledger_failed = False
        #: What is answered by something that cannot be seen, such as a script: ids of issues.
        self._answered_unseen: set[str] = set()

    @callback
    def charger_offline(self, charger: Charger) -> None:
        """Raise that a charger has been away for long."""
        self._create(
            f"charger_offline_{charger.config.subentry_id}",
            "charger_offline",
            {"charger": charger.config.name},
        )

    @callback
    def charger_online(self, charger: Charger) -> None:
        """Clear what a charger's absence raised."""
        self._delete(f"charger_offline_{charger.config.subentry_id}")

    @callback
    def meter_silent(self, site: Site) -> None:
        """Raise that a site's meter has said nothing for long."""
        if (meter := site.config.meter) is None:
            return
        self._create_of_site(
            site,
            "silent",
            f"meter_silent_{meter.type}",
            {
                "site": site.config.name,
                "topic": meter.topic if isinstance(meter, MqttMeter) else "",
            },
        )

    @callback
    def meter_heard(self, site: Site) -> None:
        """Clear what a meter's silence raised."""
        self._delete(f"meter_silent_{site.config.subentry_id}")

    @callback
    def meter_unreadable(self, site: Site, key: str) -> None:
        """Raise that a site's meter sends what cannot be read."""
        kind = "hex_dump" if key == PayloadProblem.HEX_DUMP else "unreadable"
        self._create_of_site(
            site,
            "unreadable",
            f"meter_{kind}",
            {"site": site.config.name, "start": site.last_unreadable or ""},
        )

    @callback
    def meter_unbelievable(self, site: Site, rejection: Rejection) -> None:
        """Raise that a site's meter says what cannot be true."""
        kind = "clock" if rejection in CLOCK_REJECTIONS else "absurd"
        self._create_of_site(
            site,
            "unreadable",
            f"meter_{kind}",
            {"site": site.config.name, "main_fuse": str(site.config.main_fuse)},
        )

    @callback
    def meter_readable(self, site: Site) -> None:
        """Clear what unreadable payloads raised."""
        self._delete(f"meter_unreadable_{site.config.subentry_id}")

    @callback
    def meter_frozen(self, site: Site) -> None:
        """Raise, or clear, that a site's currents do not follow what happens."""
        if not site.frozen:
            self._delete(f"meter_frozen_{site.config.subentry_id}")
            return
        phases = ", ".join(phase.upper() for phase in sorted(site.frozen))
        self._create_of_site(
            site, "frozen", "meter_frozen", {"site": site.config.name, "phases": phases}
        )

    @callback
    def unanswered[LivingT: Site | Charger](
        self, kind: AutomationKind[LivingT], living: LivingT
    ) -> None:
        """Raise that nobody does anything about a need, and why, as far as that can be seen."""
        subentry_id = living.config.subentry_id
        self._answered_unseen.discard(kind.issue_id(subentry_id))
        device_id = device_id_of(self._hass, subentry_id)
        state = answering(self._hass, device_id, kind.action)
        if state is not Answering.ON:
            self._no_automation(kind, living, state)
            return
        found = answering_automations(self._hass, device_id or "", kind.action)
        self._create(
            kind.issue_id(subentry_id),
            kind.unanswered,
            {
                kind.role: living.config.name,
                "automation": str(found[0].name),
                "edit": f"/config/automation/edit/{found[0].unique_id}",
            },
        )

    @callback
    def answered[LivingT: Site | Charger](
        self, kind: AutomationKind[LivingT], living: LivingT
    ) -> None:
        """Clear what unanswered needs raised."""
        issue_id = kind.issue_id(living.config.subentry_id)
        if (key := self._key_of(issue_id)) is None:
            return
        if key != kind.unanswered:
            self._answered_unseen.add(issue_id)
        self._delete(issue_id)

    @callback
    def automation_checked[LivingT: Site | Charger](
        self, kind: AutomationKind[LivingT], living: LivingT, state: Answering
    ) -> None:
        """Raise, or clear, that no automation answers."""
        issue_id = kind.issue_id(living.config.subentry_id)
        if state is Answering.ON:
            self._answered_unseen.discard(issue_id)
            if self._key_of(issue_id) != kind.unanswered:
                self._delete(issue_id)
        elif not kind.missed(living):
            self._delete(issue_id)
        elif issue_id not in self._answered_unseen:
            self._no_automation(kind, living, state)

    @callback
    def automation_not_added[LivingT: Site | Charger](
        self, kind: AutomationKind[LivingT], living: LivingT, err: CannotAddError, yaml: str
    ) -> None:
        """Raise that an automation has to be added by hand."""
        self._create(
            kind.issue_id(living.config.subentry_id),
            f"{kind.text}_{_NOT_ADDED}_{err.obstacle}",
            {kind.role: living.config.name, "yaml": yaml, "error": str(err)},
        )

    @callback
    def prices_missing(self, site: Site, problems: Mapping[str, PriceError]) -> None:
        """Raise that no source has the prices that there should be, and what each said."""
        told = "\n".join(
            f"- {source}: {self._told(problem)}" for source, problem in problems.items()
        )
        self._create(
            f"prices_missing_{site.config.subentry_id}",
            "prices_missing",
            {"site": site.config.name, "problems": told or "-"},
            severity=ir.IssueSeverity.WARNING,
        )

    @callback
    def prices_known(self, site: Site) -> None:
        """Clear what missing prices raised."""
        self._delete(f"prices_missing_{site.config.subentry_id}")

    @callback
    def price_impossible(self, site: Site, problem: PriceError) -> None:
        """Raise that a site's contract gives no price."""
        self._create(
            f"price_impossible_{site.config.subentry_id}",
            "price_impossible",
            {"site": site.config.name, "problem": self._told(problem)},
        )

    @callback
    def price_possible(self, site: Site) -> None:
        """Clear what a contract without a price raised."""
        self._delete(f"price_impossible_{site.config.subentry_id}")

    @callback
    def limit_ignored(self, connector: Connector, step: Defiance) -> None:
        """Raise that a charger draws more than it may, and what was done about it."""
        self._create(
            f"limit_ignored_{connector.key}",
            f"limit_ignored_{step.name.lower()}",
            {"charger": connector.charger.config.name},
            severity=(
                ir.IssueSeverity.CRITICAL if step is Defiance.DISABLED else ir.IssueSeverity.ERROR
            ),
        )

    @callback
    def limit_obeyed(self, connector: Connector) -> None:
        """Clear what an ignored limit raised."""
        self._delete(f"limit_ignored_{connector.key}")

    @callback
    def firmware_failed(self, charger: Charger, failure: FirmwareFailure) -> None:
        """Raise that a charger did not get its new firmware."""
        self._create(
            f"firmware_{charger.config.subentry_id}",
            f"firmware_{failure.value}",
            {"charger": charger.config.name},
            severity=ir.IssueSeverity.WARNING,
        )

    @callback
    def firmware_works(self, subentry_id: str) -> None:
        """Clear what an update that failed raised."""
        self._delete(f"firmware_{subentry_id}")

    @callback
    def second_system_fails(self, charger: Charger, why: str) -> None:
        """Raise that a charger's second central system is gone for long, or does not take it."""
        subentry_id, destination = charger.config.subentry_id, charger.config.second_system
        host = urlsplit(destination.url).hostname if destination else None
        self._create(
            f"second_system_{subentry_id}",
            f"second_system_{why}",
            {"charger": charger.config.name, "host": host or "-"},
            severity=ir.IssueSeverity.WARNING,
        )

    @callback
    def second_system_works(self, subentry_id: str) -> None:
        """Clear what a second central system raised, perhaps one that is not configured any more."""
        self._delete(f"second_system_{subentry_id}")

    @callback
    def energy_offered(self, charger: Charger) -> None:
        """Offer to add a charger to the Energy dashboard."""
        subentry_id = charger.config.subentry_id
        self._create(
            f"energy_{subentry_id}",
            "energy_dashboard",
            {"charger": charger.config.name},
            fixable=True,
            data={"energy": subentry_id},
            severity=ir.IssueSeverity.WARNING,
        )

    @callback
    def energy_settled(self, subentry_id: str) -> None:
        """Offer that no more."""
        self._delete(f"energy_{subentry_id}")

    @callback
    def site_missing(self, charger: Charger) -> None:
        """Raise that a charger's site was removed."""
        self._create(
            f"site_missing_{charger.config.subentry_id}",
            "site_missing",
            {"charger": charger.config.name},
            fixable=True,
            data={"charger": charger.config.subentry_id},
        )

    @callback
    def site_found(self, subentry_id: str) -> None:
        """Clear what a missing site raised."""
        self._delete(f"site_missing_{subentry_id}")

    @callback
    def tls_failed(self, err: CsmsError, config: HubConfig) -> None:
        """Raise that chargers cannot come by TLS, or that its certificate was not renewed."""
        self._create("tls", "tls_failed", {"problem": tls_problem(self._hass, err, config)})

    @callback
    def tls_ends(self, when: datetime) -> None:
        """Raise that a certificate that others make was not renewed in time."""
        self._create(
            "tls",
            "tls_ends",
            {"date": dt_util.as_local(when).date().isoformat()},
            severity=ir.IssueSeverity.WARNING,
        )

    @callback
    def tls_works(self) -> None:
        """Clear what TLS raised, perhaps in an earlier run."""
        self._delete("tls")

    @callback
    def ledger_failed(self, err: LedgerError) -> None:
        """Raise that the ledger cannot open or keep."""
        self._ledger_failed = True
        self._create(
            "ledger", f"ledger_{err.key}", {"error": str(err)}, severity=ir.IssueSeverity.CRITICAL
        )

    @callback
    def ledger_opened(self) -> None:
        """Clear what the ledger raised, perhaps in an earlier run."""
        self._ledger_failed = False
        self._delete("ledger")

    @callback
    def ledger_works(self) -> None:
        """Clear what the ledger raised in this run."""
        if self._ledger_failed:
            self.ledger_opened()

    @callback
    def forget_charger(self, subentry_id: str) -> None:
        """Clear the issues of a charger that was removed."""
        self._delete(f"charger_offline_{subentry_id}")
        self._delete(f"site_missing_{subentry_id}")
        self.energy_settled(subentry_id)
        self.firmware_works(subentry_id)
        self.second_system_works(subentry_id)
        self._forget_automation(SMART_CHARGING, subentry_id)
        for domain, issue_id in list(ir.async_get(self._hass).issues):
            if domain == DOMAIN and issue_id.startswith(f"limit_ignored_{subentry_id}_"):
                self._delete(issue_id)

    @callback
    def forget_site(self, subentry_id: str) -> None:
        """Clear the issues of a site that was removed."""
        for kind in ("meter_silent", "meter_unreadable", "meter_frozen"):
            self._delete(f"{kind}_{subentry_id}")
        for kind in ("prices_missing", "price_impossible"):
            self._delete(f"{kind}_{subentry_id}")
        self._forget_automation(LOAD_BALANCING, subentry_id)

    @callback
    def forget_all(self) -> None:
        """Clear everything, as when the integration is removed."""
        registry = ir.async_get(self._hass)
        for domain, issue_id in list(registry.issues):
            if domain == DOMAIN:
                self._delete(issue_id)

    def _create_of_site(
        self, site: Site, kind: str, key: str, placeholders: dict[str, str]
    ) -> None:
        """Raise an issue of a site's meter; a flow that tries a meter tells its user itself."""
        if subentry_id := site.config.subentry_id:
            self._create(f"meter_{kind}_{subentry_id}", key, placeholders)

    def _no_automation[LivingT: Site | Charger](
        self, kind: AutomationKind[LivingT], living: LivingT, state: Answering
    ) -> None:
        """Raise that there is no automation, or that it is off; what to do by hand stays."""
        subentry_id = living.config.subentry_id
        if (self._key_of(kind.issue_id(subentry_id)) or "").startswith(f"{kind.text}_{_NOT_ADDED}"):
            return
        self._create(
            kind.issue_id(subentry_id),
            f"{kind.text}_{_NO_AUTOMATION[state]}",
            {kind.role: living.config.name},
            fixable=True,
            data={"automation": kind.role, "id": subentry_id},
        )

    def _forget_automation[LivingT: Site | Charger](
        self, kind: AutomationKind[LivingT], subentry_id: str
    ) -> None:
        self._delete(kind.issue_id(subentry_id))
        self._answered_unseen.discard(kind.issue_id(subentry_id))

    def _told(self, problem: PriceError) -> str:
        return text_of(self._hass, problem.key, problem.placeholders)

    def _key_of(self, issue_id: str) -> str | None:
        issue = ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)
        return issue.translation_key if issue and issue.active else None

    def _create(
        self,
        issue_id: str,
        key: str,
        placeholders: dict[str, str],
        *,
        fixable: bool = False,
        data: dict[str, str | int | float | None] | None = None,
        severity: ir.IssueSeverity = ir.IssueSeverity.ERROR,
    ) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=fixable,
            severity=severity,
            translation_key=key,
            translation_placeholders=placeholders,
            data=data,
        )

    def _delete(self, issue_id: str) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, issue_id)
