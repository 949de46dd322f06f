"""One topic for each value, which is its whole payload."""

from .base import Message, Report
from .registers import FIGURES, REGISTERS


def raw(report: Report) -> tuple[Message, ...]:
    """Format everything that the list said, changed or not; units are those of the JSON formats.

    ``reading/time`` (Unix time at which the frame arrived) and ``reading/sequence`` go first: the
    values after them are of that time. A peak has a topic ``realtime/import/peak/1`` to ``3``.
    """
    meter_list = report.meter_list
    messages = [
        Message(str(int(report.received.timestamp())), "reading/time"),
        Message(str(report.sequence), "reading/sequence"),
    ]
    texts = {
        "meter/dlms/version": meter_list.list_version,
        "meter/id": meter_list.meter_id,
        "meter/type": meter_list.meter_type,
    }
    messages += [Message(text, topic) for topic, text in texts.items() if text is not None]
    for register in REGISTERS:
        if (value := register.value(report)) is not None:
            messages.append(Message(str(value), register.topic))
    if report.realtime is None:
        return tuple(messages)
    for figure in FIGURES:
        if (known := figure.value(report.realtime)) is not None:
            messages.append(Message(str(known), figure.topic))
    messages += [
        Message(str(peak / 1000), f"realtime/import/peak/{place}")
        for place, peak in enumerate(report.realtime.peaks, 1)
    ]
    return tuple(messages)
