"""What a plan is, in the words of the language that Home Assistant is set to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .plan import Plan, PlanSlot
from .reasons import Message, number_text, text_of

if TYPE_CHECKING:
    from .smart_charging import SmartCharging

#: Currencies that people call kr.
_CROWNS = {"NOK", "SEK", "DKK"}
#: What is known in Wh and told in kWh.
_WH_PER_KWH = 1000


@callback
def sentence_text(hass: HomeAssistant, plan: Plan, currency: str | None) -> str:
    """Return a plan's sentence, such as "Starts 02:15, ready 06:00, about 14 kr"."""
    told = {"cost": plan.cost, **plan.sentence.placeholders}
    shown = {name: _shown(hass, value, currency) for name, value in told.items()}
    return text_of(hass, f"plan_{plan.sentence.key}", shown)


@callback
def told_of(smart: SmartCharging) -> tuple[str, Mapping[str, object]] | None:
    """Return the key and the values of what is told of a connector's plan, None without one."""
    if smart.watch.asleep:
        return "plan_asleep", {}
    if plan := smart.plan:
        return f"plan_{plan.sentence.key}", {"cost": plan.cost, **plan.sentence.placeholders}
    return (f"verdict_{smart.verdict.reason}", {}) if smart.verdict else None


@callback
def told_text(
    hass: HomeAssistant, smart: SmartCharging, currency: str | None, language: str | None = None
) -> str | None:
    """Return what is told of a connector's plan in a language, in Home Assistant's if none is given."""
    if (told := told_of(smart)) is None:
        return None
    key, values = told
    shown = {name: _shown(hass, each, currency, language) for name, each in values.items()}
    return text_of(hass, key, shown, language)


@callback
def told_message(smart: SmartCharging) -> Message | None:
    """Return what is told of a connector's plan, for the card to put into its user's language.

    A value is ``time`` (ISO 8601), ``duration`` (s), ``money`` (the site's currency) or ``energy``
    (kWh); one that is not known is left out.
    """
    if (told := told_of(smart)) is None:
        return None
    key, values = told
    kinds = {name: _kind(each) for name, each in values.items()}
    return Message(key, {name: kind for name, kind in kinds.items() if kind})


@callback
def plan_dict(hass: HomeAssistant, plan: Plan, currency: str | None) -> dict[str, Any]:
    """Return a plan for templates and answers: times are ISO 8601, energy kWh, amounts numbers."""
    return {
        "sentence": sentence_text(hass, plan, currency),
        "starts_at": _iso(plan.slots[0].start if plan.slots else None),
        "ready_at": _iso(plan.ready_at),
        "ready_by": _iso(plan.ready_by),
        "late_by": round(plan.late_by.total_seconds() / 60),
        "energy": plan.energy / _WH_PER_KWH,
        "missing": plan.missing / _WH_PER_KWH,
        "cost": _amount(plan.cost),
        "average_price": _amount(plan.average_price, 4),
        "saving": _amount(plan.saving),
        "currency": currency,
        "forecast": plan.forecast,
        "starts": plan.starts,
        "slots": [_slot(hass, slot) for slot in plan.slots],
    }


@callback
def slot_texts(hass: HomeAssistant, slot: PlanSlot, currency: str | None) -> tuple[str, str]:
    """Return what a slot comes to, such as "11.2 kWh, 9 kr", and why it was chosen."""
    comes_to = f"{number_text(hass, slot.energy / _WH_PER_KWH, 1)} kWh"
    if slot.cost is not None:
        comes_to += f", {_shown(hass, slot.cost, currency)}"
    return comes_to, text_of(hass, f"slot_{slot.reason}", {})


def _slot(hass: HomeAssistant, slot: PlanSlot) -> dict[str, Any]:
    return {
        "start": _iso(slot.start),
        "end": _iso(slot.end),
        "current": slot.current,
        "energy": slot.energy / _WH_PER_KWH,
        "price": _amount(slot.price, 4),
        "cost": _amount(slot.cost),
        "reason": slot.reason.value,
        "why": text_of(hass, f"slot_{slot.reason}", {}),
        "forecast": slot.forecast,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else dt_util.as_local(at).isoformat()


def _amount(amount: Decimal | None, digits: int = 2) -> float | None:
    return None if amount is None else round(float(amount), digits)


def _shown(
    hass: HomeAssistant, value: object, currency: str | None, language: str | None = None
) -> str:
    match value:
        case datetime():
            return _clock(value)
        case timedelta():
            # Down, as times of the day are cut to the minute.
            minutes = max(1, int(value.total_seconds() // 60))
            return f"{minutes // 60}:{minutes % 60:02d}"
        case Decimal():
            return f"{number_text(hass, float(value), 0, language)} {unit(currency)}"
        case int():
            return number_text(hass, value / _WH_PER_KWH, 1, language)
        case _:
            return "–"


def _kind(value: object) -> tuple[str, float | str] | None:
    match value:
        case datetime():
            return "time", value.isoformat()
        case timedelta():
            return "duration", round(value.total_seconds())
        case Decimal():
            return "money", float(value)
        case int():
            return "energy", value / _WH_PER_KWH
        case _:
            return None


def unit(currency: str | None) -> str:
    """Return what people call a currency."""
    return "kr" if currency in _CROWNS else currency or ""


def _clock(at: datetime) -> str:
    """Return a local time; with its date when it is more than a day ahead."""
    local = dt_util.as_local(at)
    if abs(at - dt_util.utcnow()) < timedelta(hours=20):
        return f"{local:%H:%M}"
    return f"{local:%H:%M} ({local.day}.{local.month}.)"
