"""The steps of a site's flow that tell how its power is paid for, as users go through them."""

from datetime import UTC, date, datetime, timedelta
import re
from typing import Any

from aiohttp import ClientError
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.zmartcharge.price_config import PriceConfig

from .flows import (  # noqa: F401
    ENGLISH,
    SITE,
    SubentryFlows,
    defaults,
    flows_fixture,
    placeholders,
    spoken_fixture,
)
from .house import House, site_subentry
from .test_translations import _texts

OSLO = (59.91, 10.75)
BODO = (67.28, 14.40)
TROMSO = (69.65, 18.96)
WEB = re.compile(r"https://www\.(hvakosterstrommen\.no|elprisetjustnu\.se|elprisenligenu\.dk)/.*")
HOME = {"dwelling": "home", "county": "03", "area": "NO1"}
FLOW = "custom_components.zmartcharge.flow_price"
ABROAD = {"vat": "25", "energy_tax": "0,55"}


def texts(language: str = "en") -> dict[str, Any]:
    """Return the words of a site's flow."""
    found: dict[str, Any] = _texts(language)["config_subentries"]["site"]
    return found


def lives(house: House, country: str | None, at: tuple[float, float] = OSLO) -> None:
    """Let Home Assistant's home be somewhere."""
    house.hass.config.country = country
    house.hass.config.currency = "NOK" if country == "NO" else "EUR"
    house.hass.config.latitude, house.hass.config.longitude = at


def web(aioclient_mock: AiohttpClientMocker, value: float = 1.0, currency: str = "NOK") -> None:
    """Let the services on the web tell one price for every hour of today and tomorrow."""
    for day in (date(2026, 11, 21), date(2026, 11, 22)):
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)
        rows = [
            {
                f"{currency}_per_kWh": value,
                "time_start": (begin + timedelta(hours=hour)).isoformat(),
                "time_end": (begin + timedelta(hours=hour + 1)).isoformat(),
            }
            for hour in range(24)
        ]
        aioclient_mock.get(re.compile(rf"https://.*{day:%Y/%m-%d}_\w+\.json"), json=rows)


@pytest.fixture(name="home")
async def home_fixture(house: House) -> House:
    """Return a house in Oslo with a site that has neither meter nor price."""
    lives(house, "NO")
    await house.set_up(site_subentry())
    return house


@pytest.fixture(name="offline")
def offline_fixture(aioclient_mock: AiohttpClientMocker) -> None:
    """Let nothing on the web be reached."""
    aioclient_mock.get(WEB, exc=ClientError("no route"))


async def menu_of(flows: SubentryFlows, **site: Any) -> Any:
    """Add a site without a meter, up to the question how its power is paid for."""
    result = await flows.answer(await flows.add_site(), **{**SITE, **site})
    return await flows.choose(result, "no_meter")


async def spot_to_supplier(flows: SubentryFlows, kind: str = "spot", **values: Any) -> Any:
    """Answer for a Norwegian home in Oslo, up to the supplier."""
    result = await flows.choose(await menu_of(flows), kind)
    result = await flows.answer(result, **{**HOME, **values})
    return await flows.answer(result, company="elvia")


async def to_source(flows: SubentryFlows, **supplier: Any) -> Any:
    """Answer for a Norwegian home with spot prices, up to their source."""
    return await flows.answer(
        await spot_to_supplier(flows), **{"settlement": "hour", "support": True, **supplier}
    )


async def to_preview(flows: SubentryFlows, **supplier: Any) -> Any:
    """Answer for a Norwegian home with spot prices from the web, up to the preview."""
    return await flows.answer(await to_source(flows, **supplier), source="web", fall_back=True)


def price_of(result: Any) -> PriceConfig:
    """Return the price that was kept with a new site."""
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    found = PriceConfig.of(result["data"]["price"])
    assert found is not None
    return found


def kept_price(house: House) -> PriceConfig:
    """Return the price of the home that was changed."""
    found = PriceConfig.of(house.entry.subentries["home"].data["price"])
    assert found is not None
    return found


def lines(result: Any) -> dict[str, str]:
    """Return what a preview shows, line by line."""
    told = result["description_placeholders"]["lines"]
    return dict(line.removeprefix("- ").split(": ") for line in told.splitlines())


@pytest.fixture(name="fixed_home")
async def fixed_home_fixture(home: House, flows: SubentryFlows) -> House:
    """Return a home that has a fixed price for all."""
    form = await flows.choose(await flows.change_site(what="price"), "fixed")
    preview = await flows.answer(form, fixed_price="1", all_inclusive=True)
    result = await flows.choose(preview, "save_price")
    assert result["reason"] == "reconfigure_successful"
    return home
