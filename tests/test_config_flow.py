"""The flows of the hub."""

from contextlib import closing
from pathlib import Path
import socket
import sqlite3
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest

from custom_components.zmartcharge.config import default_database_url
from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.ledger import (
    Ledger,
    LedgerClosedError,
    LedgerCorruptError,
    LedgerError,
    LedgerFullError,
    LedgerNewerError,
    LedgerUnavailableError,
)
from script.lib.demo.processes import free_port

from .flows import SITE, defaults, spoken_fixture  # noqa: F401
from .house import House, wait_until

LOCAL = "127.0.0.1"
#: An address that no machine has (RFC 5737).
ELSEWHERE = "192.0.2.1"

pytestmark = pytest.mark.usefixtures("spoken")


async def _start(house: House) -> Any:
    return await house.hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})


async def _answer(house: House, result: Any, **values: Any) -> Any:
    result = await house.hass.config_entries.flow.async_configure(result["flow_id"], values)
    await house.hass.async_block_till_done()
    return result


def _database(house: House, name: str = "other.db") -> str:
    return f"sqlite:///{house.folder / name}"


async def _unload(house: House, result: Any) -> None:
    assert await house.hass.config_entries.async_unload(result["result"].entry_id)


async def test_form_offers_every_interface_and_the_usual_port(house: House) -> None:
    result = await _start(house)

    assert result["step_id"] == "user"
    assert defaults(result) == {"host": "0.0.0.0", "port": 9000}


async def test_hub_is_added_and_listens_and_goes_on_with_the_first_site(house: House) -> None:
    port = free_port()
    result = await _answer(
        house, await _start(house), host=LOCAL, port=port, database_url=_database(house)
    )

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "ZmartCharge"
    entry = result["result"]
    assert entry.unique_id == DOMAIN
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.port == port
    assert (house.folder / "other.db").exists()

    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    subentries = house.hass.config_entries.subentries
    await subentries.async_configure(flow_id, SITE)
    await subentries.async_configure(flow_id, {"next_step_id": "no_meter"})
    await subentries.async_configure(flow_id, {"country": "NO"})
    site = await subentries.async_configure(flow_id, {"next_step_id": "price_later"})
    await house.hass.async_block_till_done()
    assert site["type"] is FlowResultType.CREATE_ENTRY
    assert [s.config.name for s in entry.runtime_data.sites.values()] == ["Cabin"]
    await _unload(house, result)


async def test_without_a_database_url_sessions_lie_beside_home_assistants_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.hass.config, "config_dir", str(house.folder))
    result = await _answer(house, await _start(house), host=LOCAL, port=free_port())

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert default_database_url(house.hass) == _database(house, "zmartcharge.db")
    assert (house.folder / "zmartcharge.db").exists()
    await _unload(house, result)


async def test_there_is_one_hub(house: House) -> None:
    await house.set_up()
    result = await _start(house)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"


async def test_of_two_flows_at_once_one_adds_the_hub(house: House) -> None:
    first, second = await _start(house), await _start(house)
    values = {"host": LOCAL, "port": free_port(), "database_url": _database(house)}
    added = await _answer(house, first, **values)
    assert added["type"] is FlowResultType.CREATE_ENTRY
    late = await _answer(house, second, **values)

    assert late["type"] is FlowResultType.ABORT
    assert late["reason"] == "single_instance_allowed"
    await _unload(house, added)


async def test_port_in_use_is_told_and_another_one_goes(house: House) -> None:
    with socket.create_server((LOCAL, 0)) as other:
        taken = other.getsockname()[1]
        result = await _answer(
            house, await _start(house), host=LOCAL, port=taken, database_url=_database(house)
        )
    assert result["errors"] == {"port": "port_in_use"}
    assert defaults(result) == {"host": LOCAL, "port": taken, "database_url": _database(house)}

    result = await _answer(
        house, result, host=LOCAL, port=free_port(), database_url=_database(house)
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await _unload(house, result)


async def test_address_of_another_machine_is_told(house: House) -> None:
    result = await _answer(
        house, await _start(house), host=ELSEWHERE, port=9000, database_url=_database(house)
    )
    assert result["errors"] == {"host": "interface_unavailable"}


@pytest.mark.parametrize("port", [0, -1, 65536, "many"])
async def test_impossible_port_is_refused(house: House, port: object) -> None:
    result = await _start(house)
    with pytest.raises(InvalidData) as refused:
        await _answer(house, result, host=LOCAL, port=port)
    assert "port" in refused.value.schema_errors


@pytest.mark.parametrize(
    "error",
    [
        LedgerClosedError,
        LedgerCorruptError,
        LedgerFullError,
        LedgerNewerError,
        LedgerUnavailableError,
    ],
)
async def test_each_trouble_with_the_database_is_told(
    house: House, error: type[LedgerError]
) -> None:
    result = await _start(house)
    with patch.object(Ledger, "open", side_effect=error("trouble")):
        result = await _answer(house, result, host=LOCAL, port=free_port())
    assert result["errors"] == {"database_url": f"ledger_{error.key}"}


async def test_damaged_database_is_told_and_left_as_it_is(house: House) -> None:
    damaged = house.folder / "damaged.db"
    damaged.write_bytes(b"no database at all" * 1000)
    result = await _answer(
        house,
        await _start(house),
        host=LOCAL,
        port=free_port(),
        database_url=_database(house, "damaged.db"),
    )
    assert result["errors"] == {"database_url": "ledger_corrupt"}
    assert damaged.read_bytes() == b"no database at all" * 1000


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite:////nowhere/at/all.db", "mongodb://a/b", "postgresql://:x/"]
)
async def test_unusable_database_url_is_told(house: House, url: str) -> None:
    result = await _answer(
        house, await _start(house), host=LOCAL, port=free_port(), database_url=url
    )
    assert result["errors"] == {"database_url": "ledger_unavailable"}


async def test_everything_that_is_wrong_is_told_at_once(house: House) -> None:
    result = await _answer(
        house, await _start(house), host=ELSEWHERE, port=9000, database_url="nonsense"
    )
    assert result["errors"] == {
        "host": "interface_unavailable",
        "database_url": "ledger_unavailable",
    }


# Reconfigure ----------------------------------------------------------------------------------


async def _reconfigure(house: House, **changes: Any) -> Any:
    """Open the form, change something in what it is filled with, and submit it."""
    result = await house.entry.start_reconfigure_flow(house.hass)
    assert result["step_id"] == "reconfigure"
    if not changes:
        return result
    return await _answer(house, result, **{**defaults(result), **changes})


async def _set_up_on(house: House, port: int) -> None:
    await house.set_up(port=port)
    await house.connect()


async def test_form_is_filled_with_what_is_set(house: House) -> None:
    port = free_port()
    await house.set_up(port=port)
    assert defaults(await _reconfigure(house)) == dict(house.entry.data)


async def test_nothing_changed_drops_no_connection(house: House) -> None:
    await _set_up_on(house, free_port())
    station = house.charger.station
    result = await _reconfigure(house, host=LOCAL)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert house.charger.station is station


async def test_hub_moves_to_another_port(house: House) -> None:
    old, new = free_port(), free_port()
    await house.set_up(port=old)
    result = await _reconfigure(house, port=new)
    await house.hass.async_block_till_done(wait_background_tasks=True)

    assert result["reason"] == "reconfigure_successful"
    assert house.hub.port == new
    socket.create_connection((LOCAL, new)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOCAL, old))


async def test_hub_moves_to_another_interface_on_its_own_port(house: House) -> None:
    port = free_port()
    await house.set_up(host="0.0.0.0", port=port)
    result = await _reconfigure(house, host=LOCAL)
    await house.hass.async_block_till_done(wait_background_tasks=True)

    assert result["reason"] == "reconfigure_successful"
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.hub.config.host == LOCAL
    assert house.hub.port == port


async def test_other_interface_on_the_own_port_is_still_tried(house: House) -> None:
    await house.set_up(port=free_port())
    result = await _reconfigure(house, host=ELSEWHERE)
    assert result["errors"] == {"host": "interface_unavailable"}


async def test_port_of_another_program_is_told_again(house: House) -> None:
    await house.set_up(port=free_port())
    with socket.create_server((LOCAL, 0)) as other:
        result = await _reconfigure(house, port=other.getsockname()[1])
    assert result["errors"] == {"port": "port_in_use"}


async def test_hub_that_found_its_port_taken_is_helped_by_another_port(house: House) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        taken = other.getsockname()[1]
        await house.set_up(port=taken)
        assert house.entry.state is ConfigEntryState.SETUP_RETRY

        assert (await _reconfigure(house, host="127.0.0.2"))["errors"] == {"port": "port_in_use"}
        new = free_port()
        result = await _reconfigure(house, port=new)
        assert result["reason"] == "reconfigure_successful"
        await house.hass.async_block_till_done(wait_background_tasks=True)
        assert house.hub.port == new


async def test_hub_takes_another_database(house: House) -> None:
    await house.set_up(port=free_port())
    result = await _reconfigure(house, database_url=_database(house))
    await house.hass.async_block_till_done(wait_background_tasks=True)

    assert result["reason"] == "reconfigure_successful"
    assert house.hub.config.database_url == _database(house)
    with closing(sqlite3.connect(house.folder / "other.db")) as database:
        assert database.execute("PRAGMA quick_check").fetchone() == ("ok",)


async def test_unusable_database_leaves_the_hub_with_its_own(house: House) -> None:
    await _set_up_on(house, free_port())
    result = await _reconfigure(house, database_url="sqlite:////nowhere/at/all.db")

    assert result["errors"] == {"database_url": "ledger_unavailable"}
    assert house.entry.data["database_url"] == _database(house, "ledger.db")
    assert house.charger.connected


async def test_chargers_find_their_hub_again_at_its_new_port(house: House) -> None:
    await _set_up_on(house, free_port())
    new = free_port()
    await _reconfigure(house, port=new)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    await house.connect()
    await wait_until(lambda: house.charger.connected)


def test_default_database_lies_in_the_configuration_folder(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    with patch.object(hass.config, "config_dir", str(tmp_path)):
        assert default_database_url(hass) == f"sqlite:///{tmp_path / 'zmartcharge.db'}"
