"""The meter's frames, against recorded ones and against amshan."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from han.autodecoder import AutoDecoder
from han.hdlc import HdlcFrame, HdlcFrameReader
from hypothesis import given, strategies as st
import pytest

from simulator import GridType, MeterList, MeterReading
from simulator.aidon import encode

FRAMES = Path(__file__).parents[1] / "fixtures" / "frames"
RECORDED = {
    "time": datetime(2020, 1, 21, 16, tzinfo=UTC),
    "grid": GridType.IT_230,
    "import_w": 280,
    "export_var": 128,
    "currents": (1.3, 0, 0.9),
    "meter_id": "7359992892587665",
}


def decoded(frame: bytes) -> dict[str, Any]:
    """Return what amshan makes of a frame."""
    frames = HdlcFrameReader().read(frame)
    assert len(frames) == 1
    message = frames[0]
    assert isinstance(message, HdlcFrame) and message.is_valid
    content = AutoDecoder().decode_message(message)
    assert content is not None
    return content


@pytest.mark.parametrize(
    ("name", "meter_list", "reading"),
    [
        ("mit-aidon-hdlc-amshan-no_list_1", MeterList.POWER, RECORDED),
        (
            "mit-aidon-IT-hdlc-amshan-no_list_2",
            MeterList.LINES,
            RECORDED | {"voltages": (227.4, 230.1, 230.8)},
        ),
        (
            "mit-aidon-IT-hdlc-amshan-no_list_3",
            MeterList.ENERGY,
            RECORDED
            | {
                "voltages": (227.6, 230.3, 230.9),
                "import_wh": 22_721_380,
                "import_varh": 582_430,
                "export_varh": 1_708_430,
            },
        ),
    ],
)
def test_a_recorded_frame_is_reproduced_byte_for_byte(
    name: str, meter_list: MeterList, reading: dict[str, Any]
) -> None:
    recorded = bytes.fromhex((FRAMES / f"{name}.hex").read_text().strip())
    assert encode(MeterReading(**reading), meter_list) == recorded


WATTS = st.integers(0, 2**32 - 1)
LINES = st.tuples(*[st.integers(0, 32767)] * 3)
TENTHS = st.tuples(*[st.integers(0, 65535)] * 3)
TIMES = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - made aware by the strategy
    max_value=datetime(2099, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda time: time.replace(microsecond=0))


@given(
    st.sampled_from(GridType), st.sampled_from(MeterList), WATTS, WATTS, LINES, TENTHS, WATTS, TIMES
)
def test_every_frame_decodes_to_what_was_encoded(
    grid: GridType,
    meter_list: MeterList,
    import_w: int,
    reactive: int,
    currents: tuple[int, int, int],
    voltages: tuple[int, int, int],
    counter: int,
    time: datetime,
) -> None:
    reading = MeterReading(
        time=time,
        grid=grid,
        import_w=import_w,
        export_var=reactive,
        currents=tuple(value / 10 for value in currents),
        voltages=tuple(value / 10 for value in voltages),
        import_wh=counter * 10,
    )
    content = decoded(encode(reading, meter_list))
    assert content["active_power_import"] == import_w
    if meter_list is MeterList.POWER:
        assert len(content) == 2
        return
    assert content["meter_id"] == reading.meter_id
    assert content["reactive_power_export"] == reactive
    single = grid is GridType.SINGLE_PHASE
    for index, line in enumerate(("l1", "l2", "l3")):
        shows_current = index == 0 or (not single and (line != "l2" or grid is GridType.TN_400))
        assert (f"current_{line}" in content) == shows_current
        if shows_current:
            assert content[f"current_{line}"] == pytest.approx(reading.currents[index])
        assert (f"voltage_{line}" in content) == (index == 0 or not single)
    assert ("active_power_import_total" in content) == (meter_list is MeterList.ENERGY)
    if meter_list is MeterList.ENERGY:
        assert content["active_power_import_total"] == counter * 10
        assert content["meter_datetime"] == time


@pytest.mark.parametrize(
    ("grid", "meter_list", "items"),
    [
        (GridType.TN_400, MeterList.LINES, 13),
        (GridType.TN_400, MeterList.ENERGY, 18),
        (GridType.IT_230, MeterList.LINES, 12),
        (GridType.IT_230, MeterList.ENERGY, 17),
        (GridType.SINGLE_PHASE, MeterList.LINES, 9),
        (GridType.SINGLE_PHASE, MeterList.ENERGY, 14),
    ],
)
def test_a_list_has_as_many_items_as_the_real_one(
    grid: GridType, meter_list: MeterList, items: int
) -> None:
    reading = MeterReading(time=datetime(2026, 1, 1, tzinfo=UTC), grid=grid, import_w=0)
    frame = encode(reading, meter_list)
    assert frame[18] == 0x01
    assert frame[19] == items


def test_a_counter_never_runs_ahead_of_the_energy() -> None:
    reading = MeterReading(
        time=datetime(2026, 1, 1, tzinfo=UTC),
        grid=GridType.TN_400,
        import_w=0,
        import_wh=1239.9,
    )
    content = decoded(encode(reading, MeterList.ENERGY))
    assert content["active_power_import_total"] == 1230
