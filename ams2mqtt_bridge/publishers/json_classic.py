"""JSON objects, in the forms that AMS readers have made common.

List 1 carries only ``P``, so a reader has to merge. Additions of ours: ``seq``; ``I2e``, ``I2max`` and
``I2c``, which are the estimate of a current that the meter does not measure, its upper bound, and 1
when the values did not fit together (``I2`` itself is then absent); and some keys of ``realtime``.
"""

from collections.abc import Mapping
import json
from typing import Any

from .base import Message, Report
from .registers import figures_of, list_number, values_of


def json_classic(report: Report) -> tuple[Message, ...]:
    """Format as one object on the topic itself, with ``data`` and ``realtime``.

    Powers in W and var, currents in A, voltages in V, energies in kWh and kvarh. A value that the
    meter did not send is left out, never 0. ``t`` is when the frame arrived, in whole seconds of Unix
    time.
    """
    body = {**_head(report), "data": _data(report)}
    if report.realtime is not None:
        body["realtime"] = figures_of(report.realtime)
    return (Message(_dump(body)),)


def json_multi_topic(report: Report) -> tuple[Message, ...]:
    """Format as one object on ``list1`` to ``list4``, by what is in it, and one on ``realtime``."""
    body = {**_head(report), "data": _data(report)}
    messages = [Message(_dump(body), f"list{list_number(report.meter_list)}")]
    if report.realtime is not None:
        messages.append(Message(_dump(figures_of(report.realtime)), "realtime"))
    return tuple(messages)


def json_flat(report: Report) -> tuple[Message, ...]:
    """Format as one object without objects in it; what is in ``realtime`` begins with ``rt_``."""
    body = {**_head(report), **_data(report)}
    if report.realtime is not None:
        figures = figures_of(report.realtime)
        body |= {f"rt_{key}": value for key, value in figures.items()}
    return (Message(_dump(body)),)


def _head(report: Report) -> dict[str, Any]:
    return {
        "id": report.device.id,
        "name": report.device.name,
        "up": report.uptime,
        "t": int(report.received.timestamp()),
        "seq": report.sequence,
    }


def _data(report: Report) -> dict[str, Any]:
    texts = {
        "lv": report.meter_list.list_version,
        "meterId": report.meter_list.meter_id,
        "type": report.meter_list.meter_type,
    }
    return {key: text for key, text in texts.items() if text is not None} | values_of(report)


def _dump(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
