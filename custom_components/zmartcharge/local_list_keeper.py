"""What a charger does while it cannot ask: how it decides then, and the cards that it knows.

It is told anew at each connection, after each change of the register or of the setting, and when a
card begins or ceases to be valid. A charger is left as it is until its owner has chosen.
"""

import contextlib
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .access import (
    MAX_LENGTH_16,
    MAX_LENGTH_201,
    AuthorizationStatus16,
    IdTokenType,
    ListEntry,
    ListUpdate,
    LocalList,
    NextStep,
    OfflineBehaviour,
    UpdateAnswer,
    UpdateType,
    apply_update,
    list_updates,
    next_list_change,
    next_step,
    offline_keys_16,
    offline_variables_201,
    wanted_list,
)
from .csms import (
    AuthorizationStatus,
    CsmsError,
    IdTagInfo,
    LocalListAbility,
    LocalListEntry,
    Station,
)
from .ledger import LedgerError, LocalListEntry as KeptEntry, SentLocalList

if TYPE_CHECKING:
    from .charger import Charger
    from .token_register import TokenRegister

_LOGGER = logging.getLogger(__name__)

_VERSION_16 = "1.6"


class LocalListKeeper:
    """Of one charger."""

    def __init__(self, charger: Charger, tokens: TokenRegister) -> None:
        """Take the charger and the register, to whose changes it listens until it is closed."""
        self._charger = charger
        self._tokens = tokens
        self._due = self._running = False
        #: The connection in which the charger did not take its list.
        self._given_up: Station | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._cancel_listener = tokens.async_on_change(self.look)

    @callback
    def look(self) -> None:
        """Bring the charger in step, if it is there and set up."""
        charger = self._charger
        if not charger.connected or not charger.setup.done:
            return
        self._due = True
        if not self._running:
            self._running = True
            charger.create_task(self._run(), "local list")

    async def release(self) -> None:
        """Leave no card behind in a charger that is not ours any more."""
        try:
            if self._charger.connected and self._charger.abilities.local_list is not None:
                await self._empty(self._charger.station)
            await self._forget()
        except CsmsError as err:
            _LOGGER.info("%s keeps its cards: %s", self._charger.config.name, err)
        except LedgerError as err:
            self._charger.ledger_failed(err)

    @callback
    def close(self) -> None:
        """Stop listening."""
        self._cancel_listener()
        self._stop_timer()

    async def _run(self) -> None:
        try:
            while self._due:
                self._due = False
                await self._keep()
        except CsmsError as err:
            _LOGGER.info("%s was not told of its cards: %s", self._charger.config.name, err)
        except LedgerError as err:
            self._charger.ledger_failed(err)
        finally:
            self._running = False

    async def _keep(self) -> None:
        """Tell the charger what it does not know; raises CsmsError and LedgerError."""
        behaviour = self._charger.config.offline
        station = self._charger.station
        self._stop_timer()
        if behaviour is not None:
            await self._configure(station, behaviour)
        ability = self._charger.abilities.local_list
        if ability is None or self._given_up is station:
            return
        if behaviour is None:
            await self._empty(station)
            return
        if behaviour is not OfflineBehaviour.BLOCK:
            self._wait_for_change()
        await self._send(station, ability, self._wanted(station, behaviour, ability))

    async def _configure(self, station: Station, behaviour: OfflineBehaviour) -> None:
        """Set what is another value so far, of what the charger has."""
        present = self._charger.abilities.configuration
        for key, value in self._settings(station, behaviour).items():
            known = present.get(key)
            if (present and key not in present) or (known or "").strip().lower() == value:
                continue
            with contextlib.suppress(CsmsError):
                await station.configure(key, value)
                present[key] = value

    def _settings(self, station: Station, behaviour: OfflineBehaviour) -> dict[str, str]:
        has_list = self._charger.abilities.local_list is not None
        if station.version == _VERSION_16:
            return offline_keys_16(behaviour, has_local_list=has_list)
        variables = offline_variables_201(behaviour, has_local_list=has_list)
        return {f"{component}.{name}": value for (component, name), value in variables.items()}

    async def _empty(self, station: Station) -> None:
        """Leave nothing of ours behind where the owner took the choice back."""
        if await self._known() is None:
            return
        await self._send(station, LocalListAbility(), ())
        await self._forget()

    def _wanted(
        self, station: Station, behaviour: OfflineBehaviour, ability: LocalListAbility
    ) -> tuple[ListEntry, ...]:
        config = self._charger.config
        wanted = wanted_list(
            self._tokens.by_last_use,
            charger=config.charge_point_id,
            behaviour=behaviour,
            at=dt_util.utcnow(),
            max_entries=ability.max_entries,
            max_length=MAX_LENGTH_16 if station.version == _VERSION_16 else MAX_LENGTH_201,
        )
        if wanted.left_out:
            _LOGGER.warning("%s has no room for %d of its cards", config.name, len(wanted.left_out))
        return wanted.entries

    async def _send(
        self, station: Station, ability: LocalListAbility, wanted: tuple[ListEntry, ...]
    ) -> None:
        """Send what differs; where that is refused the whole list, once in a connection."""
        known = await self._known()
        reported = await station.local_list_version()
        if reported is None:
            # It has none, or it is switched off, as we wish it when nobody is to charge then.
            return
        chunk = ability.per_message
        step = await self._send_all(
            station, known, list_updates(known, reported, wanted, chunk=chunk)
        )
        if step is NextStep.SEND_FULL:
            whole = list_updates(None, max(1, reported), wanted, chunk=chunk)
            step = await self._send_all(station, None, whole)
        if step is not NextStep.GO_ON:
            self._given_up = station
            _LOGGER.warning("%s does not take its cards", self._charger.config.name)

    async def _send_all(
        self, station: Station, known: LocalList | None, updates: tuple[ListUpdate, ...]
    ) -> NextStep:
        """Send updates until one is refused, keeping what the list holds after each."""
        for update in updates:
            step = await self._send_one(station, update, known)
            if step is not NextStep.GO_ON:
                await self._forget()
                return step
            known = apply_update(known, update)
            await self._keep_known(known)
        return NextStep.GO_ON

    async def _send_one(
        self, station: Station, update: ListUpdate, known: LocalList | None
    ) -> NextStep:
        try:
            status = await station.send_local_list(
                update.version,
                (*_removals(update, known), *map(_to_csms, update.entries)),
                full=update.type is UpdateType.FULL,
            )
        except CsmsError:
            # It may have been taken all the same: what the list holds is not known any more.
            await self._forget()
            raise
        return next_step(update, UpdateAnswer(status.value))

    @callback
    def _wait_for_change(self) -> None:
        """Look again when a card begins or ceases to be valid."""
        at = next_list_change(self._tokens.by_last_use, dt_util.utcnow())
        if at is not None:
            self._cancel_timer = async_track_point_in_utc_time(
                self._charger.hass, self._time_came, at
            )

    @callback
    def _time_came(self, _now: object) -> None:
        self._cancel_timer = None
        self.look()

    @callback
    def _stop_timer(self) -> None:
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None

    async def _known(self) -> LocalList | None:
        sent = await self._charger.ledger.local_list(self._charger.config.charge_point_id)
        if sent is None:
            return None
        return LocalList(version=sent.version, entries=tuple(map(_from_kept, sent.entries)))

    async def _keep_known(self, known: LocalList) -> None:
        await self._charger.ledger.local_list_sent(
            SentLocalList(
                charge_point_id=self._charger.config.charge_point_id,
                version=known.version,
                entries=tuple(map(_to_kept, known.entries)),
                sent_at=dt_util.utcnow(),
            )
        )

    async def _forget(self) -> None:
        await self._charger.ledger.forget_local_list(self._charger.config.charge_point_id)


def _removals(update: ListUpdate, known: LocalList | None) -> tuple[LocalListEntry, ...]:
    """Return the entries that remove idTags, each of the type by which the charger knows it."""
    types = {entry.id_tag: entry.type for entry in (known.entries if known else ())}
    return tuple(
        LocalListEntry(id_tag=id_tag, info=None, type=types.get(id_tag, IdTokenType.ISO14443))
        for id_tag in update.removed
    )


def _to_csms(entry: ListEntry) -> LocalListEntry:
    info = IdTagInfo(
        status=AuthorizationStatus(entry.status.value),
        group=entry.group,
        valid_until=entry.valid_until,
    )
    return LocalListEntry(id_tag=entry.id_tag, info=info, type=entry.type)


def _to_kept(entry: ListEntry) -> KeptEntry:
    return KeptEntry(
        id_tag=entry.id_tag,
        status=entry.status,
        valid_until=entry.valid_until,
        group=entry.group,
        type=entry.type,
    )


def _from_kept(entry: KeptEntry) -> ListEntry:
    return ListEntry(
        id_tag=entry.id_tag,
        status=AuthorizationStatus16(entry.status),
        valid_until=entry.valid_until,
        group=entry.group,
        type=IdTokenType(entry.type),
    )
