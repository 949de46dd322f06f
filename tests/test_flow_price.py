"""The steps of a site's flow that tell how its power is paid for."""

from decimal import Decimal
from unittest.mock import patch

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_load_integrations
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.flow_price_draft import ALWAYS
from custom_components.zmartcharge.price import (
    ComponentKey,
    Dwelling,
    EnergyKind,
    NorwegianTaxes,
    PriceProblem,
    Resolution,
)
from custom_components.zmartcharge.price_config import PriceSource

from .flows import ENGLISH, SubentryFlows, defaults, flows_fixture, spoken_fixture  # noqa: F401
from .house import House, site_subentry
from .price_flows import (  # noqa: F401
    BODO,
    FLOW,
    HOME,
    TROMSO,
    fixed_home_fixture,
    home_fixture,
    lines,
    lives,
    menu_of,
    offline_fixture,
    price_of,
    spot_to_supplier,
    texts,
    to_preview,
    to_source,
    web,
)
from .test_translations import LANGUAGES, _texts

# A Norwegian home ----------------------------------------------------------------------------


async def test_spot_price_of_a_home_in_oslo_is_told_line_by_line_and_kept(
    home: House, flows: SubentryFlows, aioclient_mock: AiohttpClientMocker
) -> None:
    web(aioclient_mock)
    menu = await menu_of(flows)
    assert menu["step_id"] == "price"
    assert menu["menu_options"] == ["spot", "fixed", "norgespris", "country", "price_later"]
    form = await flows.choose(menu, "spot")
    assert defaults(form) == HOME
    form = await flows.answer(form, **defaults(form))
    assert defaults(form) == {"company": "elvia"}
    form = await flows.answer(form, **defaults(form))
    assert defaults(form) == {"settlement": "hour", "support": True}
    form = await flows.answer(form, **defaults(form), markup="0,049", monthly_fee="39")
    assert defaults(form) == {"source": "web", "fall_back": True}
    preview = await flows.answer(form, **defaults(form))

    assert preview["step_id"] == "preview_spot"
    # docs/prices.md: Oslo with Elvia, 1 kr without VAT; the fee is that of a Saturday.
    assert lines(preview) == {
        "Spot price": "1.2500 kr",
        "Supplier's mark-up": "0.0490 kr",
        "Strømstøtte (paid back by the state)": "-0.2588 kr",
        "Grid fee": "0.2124 kr",
        "Electricity tax (forbruksavgift)": "0.0891 kr",
        "Enova fee": "0.0125 kr",
    }
    told = preview["description_placeholders"]
    assert told["total"] == "1.35 kr"
    assert "hvakosterstrommen.no" in told["source"]
    assert told["trouble"] == ""

    config = price_of(await flows.choose(preview, "save_price"))
    contract = config.contract
    assert contract.energy.kind is EnergyKind.SPOT
    assert contract.taxes == NorwegianTaxes(county="03")
    assert (contract.area, contract.grid.company) == ("NO1", "elvia")
    assert (contract.markup, contract.monthly_fee) == (Decimal("0.049"), 39)
    assert (contract.currency, contract.time_zone) == ("NOK", "Europe/Oslo")
    assert contract.support
    assert contract.settlement is Resolution.HOUR
    assert (config.source, config.fall_back) == (PriceSource.WEB, True)


async def test_price_can_be_decided_later(home: House, flows: SubentryFlows) -> None:
    result = await flows.choose(await menu_of(flows), "price_later")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "price" not in result["data"]


async def test_preview_speaks_the_language_of_the_home(
    home: House, flows: SubentryFlows, aioclient_mock: AiohttpClientMocker
) -> None:
    web(aioclient_mock)
    home.hass.config.language = "nb"
    await async_load_integrations(home.hass, {DOMAIN})
    preview = await to_preview(flows)
    assert lines(preview)["Nettleie"] == "0,2124 kr"
    assert preview["description_placeholders"]["total"] == "1,31 kr"
    assert "åpen tjeneste" in preview["description_placeholders"]["source"]


@pytest.mark.usefixtures("offline")
async def test_unknown_spot_price_is_shown_by_an_example_and_why(
    home: House, flows: SubentryFlows
) -> None:
    preview = await to_preview(flows)
    assert preview["step_id"] == "preview_example"
    assert lines(preview)["Spot price"] == "1.2500 kr"
    assert preview["description_placeholders"]["currency"] == "kr"
    assert "does not answer" in preview["description_placeholders"]["trouble"]
    assert price_of(await flows.choose(preview, "save_price")).source is PriceSource.WEB


async def test_source_that_never_answers_does_not_hold_the_flow_up(
    home: House, flows: SubentryFlows
) -> None:
    form = await to_source(flows)
    with patch(
        f"{FLOW}_preview.SourceChain.update",
        side_effect=TimeoutError,
    ):
        preview = await flows.answer(form, source="web", fall_back=True)
    assert preview["step_id"] == "preview_example"


async def test_page_of_the_preview_can_be_loaded_anew(
    home: House, flows: SubentryFlows, aioclient_mock: AiohttpClientMocker
) -> None:
    web(aioclient_mock)
    preview = await to_preview(flows)
    again = await flows.manager.async_configure(preview["flow_id"])
    assert again["step_id"] == "preview_spot"


@pytest.mark.usefixtures("offline")
async def test_page_of_the_example_can_be_loaded_anew(home: House, flows: SubentryFlows) -> None:
    preview = await to_preview(flows)
    again = await flows.manager.async_configure(preview["flow_id"])
    assert again["step_id"] == "preview_example"


@pytest.mark.usefixtures("offline")
async def test_wrong_choice_is_mended_from_the_preview(home: House, flows: SubentryFlows) -> None:
    preview = await to_preview(flows, markup="0,9")
    form = await flows.choose(await flows.choose(preview, "price"), "spot")
    for _ in range(2):
        form = await flows.answer(form, **defaults(form))
    assert defaults(form)["markup"] == "0.9"
    form = await flows.answer(form, **{**defaults(form), "markup": "0,09"})
    preview = await flows.answer(form, **defaults(form))
    config = price_of(await flows.choose(preview, "save_price"))
    assert config.contract.markup == Decimal("0.09")


async def test_norgespris_needs_no_spot_price_to_be_told(home: House, flows: SubentryFlows) -> None:
    form = await spot_to_supplier(flows, "norgespris")
    assert "support" not in defaults(form)
    form = await flows.answer(form, settlement="quarter")
    preview = await flows.answer(form, source="web", fall_back=False)
    assert preview["step_id"] == "preview"
    assert lines(preview)["Norgespris"] == "0.5000 kr"
    config = price_of(await flows.choose(preview, "save_price"))
    assert config.contract.energy.kind is EnergyKind.NORGESPRIS
    assert not config.contract.support
    assert config.contract.settlement is Resolution.QUARTER
    assert not config.fall_back


@pytest.mark.usefixtures("offline")
async def test_cabin_gets_no_support_and_the_grid_companies_of_cabins(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await menu_of(flows), "spot")
    form = await flows.answer(form, **{**HOME, "dwelling": "cabin"})
    form = await flows.answer(form, company="elvia")
    assert "support" not in defaults(form)
    form = await flows.answer(form, settlement="hour")
    preview = await flows.answer(form, source="web", fall_back=True)
    assert "Strømstøtte (paid back by the state)" not in lines(preview)
    contract = price_of(await flows.choose(preview, "save_price")).contract
    assert contract.dwelling is Dwelling.CABIN
    assert not contract.support


@pytest.mark.usefixtures("offline")
async def test_home_in_bodo_pays_no_vat(house: House, flows: SubentryFlows) -> None:
    lives(house, "NO", BODO)
    await house.set_up(site_subentry())
    form = await flows.choose(await menu_of(flows), "spot")
    assert defaults(form) == {"county": "18", "area": "NO4", "dwelling": "home"}
    form = await flows.answer(form, **defaults(form))
    assert defaults(form)["company"] == "arva"
    form = await flows.answer(form, **defaults(form))
    form = await flows.answer(form, **defaults(form))
    preview = await flows.answer(form, **defaults(form))
    # docs/prices.md: Bodø with Arva, 1 kr.
    assert lines(preview)["Spot price"] == "1.0000 kr"
    assert lines(preview)["Electricity tax (forbruksavgift)"] == "0.0713 kr"


@pytest.mark.parametrize("action_zone", [False, True])
@pytest.mark.usefixtures("offline")
async def test_in_troms_the_municipality_decides_about_the_action_zone(
    house: House, flows: SubentryFlows, action_zone: bool
) -> None:
    lives(house, "NO", TROMSO)
    await house.set_up(site_subentry())
    form = await flows.choose(await menu_of(flows), "spot")
    form = await flows.answer(form, **defaults(form))
    assert "Karlsøy, Kvænangen" in form["description_placeholders"]["municipalities"]
    assert defaults(form)["action_zone"] is False
    form = await flows.answer(form, **{**defaults(form), "action_zone": action_zone})
    form = await flows.answer(form, **defaults(form))
    preview = await flows.answer(form, **defaults(form))
    assert ("Electricity tax (forbruksavgift)" in lines(preview)) is not action_zone
    taxes = price_of(await flows.choose(preview, "save_price")).contract.taxes
    assert taxes == NorwegianTaxes(county="55", action_zone=action_zone)


@pytest.mark.usefixtures("offline")
async def test_finnmark_is_in_the_action_zone_without_asking(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await menu_of(flows), "spot")
    form = await flows.answer(form, dwelling="home", county="56", area="NO4")
    # What the position suggested was of another county.
    assert defaults(form) == {}
    form = await flows.answer(form, company="area-luostejok")
    form = await flows.answer(form, **defaults(form))
    preview = await flows.answer(form, **defaults(form))
    taxes = price_of(await flows.choose(preview, "save_price")).contract.taxes
    assert taxes == NorwegianTaxes(county="56", action_zone=True)


@pytest.mark.parametrize("position", [(0.0, 0.0), (51.5, -0.1)])
async def test_position_far_from_known_towns_suggests_nothing(
    house: House, flows: SubentryFlows, position: tuple[float, float]
) -> None:
    lives(house, "NO", position)
    await house.set_up(site_subentry())
    form = await flows.choose(await menu_of(flows), "spot")
    assert defaults(form) == {"dwelling": "home"}


async def test_position_of_the_site_goes_before_that_of_home_assistant(
    home: House, flows: SubentryFlows
) -> None:
    location = dict(zip(("latitude", "longitude"), TROMSO, strict=True))
    form = await flows.choose(await menu_of(flows, location=location), "spot")
    assert defaults(form)["county"] == "55"


@pytest.mark.usefixtures("offline")
async def test_town_whose_price_area_and_company_are_not_certain_suggests_the_rest(
    house: House, flows: SubentryFlows
) -> None:
    lives(house, "NO", (69.97, 23.27))
    await house.set_up(site_subentry())
    form = await flows.choose(await menu_of(flows), "spot")
    assert defaults(form) == {"dwelling": "home", "county": "56", "area": "NO4"}
    form = await flows.answer(form, **defaults(form))
    assert defaults(form) == {}


async def test_every_grid_company_of_a_home_can_be_chosen(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.answer(await flows.choose(await menu_of(flows), "spot"), **HOME)
    (field,) = form["data_schema"].schema.values()
    labels = {option["value"]: option["label"] for option in field.config["options"]}
    assert labels["bkk"] == "BKK AS"
    assert "by_hand" in labels
    assert len(labels) > 60
    assert not field.config["custom_value"]


# A fixed price -------------------------------------------------------------------------------


async def test_tenant_with_one_price_for_all_is_asked_nothing_more(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await menu_of(flows), "fixed")
    assert defaults(form) == {"all_inclusive": False}
    preview = await flows.answer(form, fixed_price="2,35", all_inclusive=True)
    assert preview["step_id"] == "preview"
    assert lines(preview) == {"Fixed price": "2.3500 kr"}
    assert preview["description_placeholders"]["total"] == "2.35 kr"
    config = price_of(await flows.choose(preview, "save_price"))
    assert config.contract.energy.all_inclusive
    assert config.contract.energy.fixed_at(ALWAYS) == Decimal("2.35")
    assert config.source is None


async def test_fixed_price_without_support_needs_no_source(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await menu_of(flows), "fixed")
    form = await flows.answer(form, fixed_price="1", all_inclusive=False)
    form = await flows.answer(await flows.answer(form, **HOME), company="elvia")
    assert "settlement" not in defaults(form)
    preview = await flows.answer(form, support=False)
    assert preview["step_id"] == "preview"
    assert lines(preview)["Fixed price"] == "1.0000 kr"
    assert price_of(await flows.choose(preview, "save_price")).source is None


async def test_fixed_price_with_support_asks_for_spot_prices(
    home: House, flows: SubentryFlows, aioclient_mock: AiohttpClientMocker
) -> None:
    web(aioclient_mock, 1.77)
    form = await flows.choose(await menu_of(flows), "fixed")
    form = await flows.answer(form, fixed_price="1", all_inclusive=False)
    form = await flows.answer(await flows.answer(form, **HOME), company="elvia")
    form = await flows.answer(form, support=True)
    preview = await flows.answer(form, source="web", fall_back=True)
    assert preview["step_id"] == "preview_spot"
    assert lines(preview)["Strømstøtte (paid back by the state)"] == "-1.1250 kr"


# Words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_with_a_price_has_words_in_flows_and_elsewhere(language: str) -> None:
    told, shown = _texts(language)["exceptions"], texts(language)["error"]
    for problem in PriceProblem:
        assert told[problem]["message"] == shown[problem]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_price_has_a_name(language: str) -> None:
    told = _texts(language)["exceptions"]
    names = [told[f"component_{key}"]["message"] for key in ComponentKey]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("source", list(PriceSource))
def test_every_source_of_prices_has_a_name(source: PriceSource) -> None:
    assert ENGLISH["selector"]["price_source"]["options"][source]
