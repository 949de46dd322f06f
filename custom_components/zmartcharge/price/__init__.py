"""What a kWh costs: sources of spot prices, taxes, grid tariffs and support schemes.

A ``Contract`` tells what a household has agreed on; with ``load_price_data`` it becomes a ``PriceModel``.
``components`` tells the price of a period line by line, ``price_list`` that of all periods for a plan,
``freeze`` what energy has cost. ``SourceChain`` keeps a ``PriceSeries`` of spot prices up to date,
``with_forecast`` estimates what is not published. ``CapacityTariff`` knows the steps of the capacity fee.

Amounts are ``Decimal``, energy is integer Wh, moments are aware UTC. Nothing here reads the clock, and only
``load_price_data`` reads a file.
"""

from .areas import AREAS, Area
from .capacity import CapacityMethod, CapacityStep, CapacityTariff, DailyPeak
from .contract import (
    Contract,
    Energy,
    EnergyKind,
    FixedPrice,
    Grid,
    NorwegianTaxes,
    OtherTaxes,
    Taxes,
)
from .data_files import PriceData, load_price_data
from .errors import PriceError, PriceProblem
from .fetching import (
    Attempt,
    Fetch,
    FetchState,
    Source,
    SourceChain,
    Update,
    due_days,
    missing_since,
    next_look,
    wanted_days,
)
from .forecast import with_forecast
from .grid import Dwelling, GridCatalogue, GridCompany, GridTariff
from .holidays import easter, is_norwegian_holiday, norwegian_holidays
from .model import (
    ComponentKey,
    PriceBreakdown,
    PriceComponent,
    PriceModel,
    components,
    price_list,
    settle,
)
from .period import Period, Resolution, local_date, local_day, local_month, periods_of_day
from .places import Place, Places
from .publication import MARKET_ZONE, expected_at, final_at, is_preliminary, late_at, market_day
from .rates import NorwegianRates
from .series import PriceSeries, SpotPrice
from .sources import (
    parse_current_price,
    parse_nord_pool,
    parse_open_spot_prices,
    parse_price_list,
    parse_reader_prices,
)
from .time_rule import DayType, EnergyRates, TimedRate, TimeRule, day_types

__all__ = [
    "AREAS",
    "MARKET_ZONE",
    "Area",
    "Attempt",
    "CapacityMethod",
    "CapacityStep",
    "CapacityTariff",
    "ComponentKey",
    "Contract",
    "DailyPeak",
    "DayType",
    "Dwelling",
    "Energy",
    "EnergyKind",
    "EnergyRates",
    "Fetch",
    "FetchState",
    "FixedPrice",
    "Grid",
    "GridCatalogue",
    "GridCompany",
    "GridTariff",
    "NorwegianRates",
    "NorwegianTaxes",
    "OtherTaxes",
    "Period",
    "Place",
    "Places",
    "PriceBreakdown",
    "PriceComponent",
    "PriceData",
    "PriceError",
    "PriceModel",
    "PriceProblem",
    "PriceSeries",
    "Resolution",
    "Source",
    "SourceChain",
    "SpotPrice",
    "Taxes",
    "TimeRule",
    "TimedRate",
    "Update",
    "components",
    "day_types",
    "due_days",
    "easter",
    "expected_at",
    "final_at",
    "is_norwegian_holiday",
    "is_preliminary",
    "late_at",
    "load_price_data",
    "local_date",
    "local_day",
    "local_month",
    "market_day",
    "missing_since",
    "next_look",
    "norwegian_holidays",
    "parse_current_price",
    "parse_nord_pool",
    "parse_open_spot_prices",
    "parse_price_list",
    "parse_reader_prices",
    "periods_of_day",
    "price_list",
    "settle",
    "wanted_days",
    "with_forecast",
]
