"""Firmware and diagnostics."""

from custom_components.zmartcharge.csms import (
    FirmwareUpdate,
    LogKind,
    LogUpload,
    LogUploadStatus,
    Station,
)

from ..conftest import NOW, RecordingHandler
from .charge_point import ChargePoint

URL = "http://127.0.0.1/fw.bin"


async def _update(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler, *statuses: str
) -> None:
    charge_point.answers["UpdateFirmware"] = {}
    await station.update_firmware(FirmwareUpdate(location=URL, retrieve_at=NOW))
    request = await charge_point.was_asked("UpdateFirmware")
    assert request == {"location": URL, "retrieveDate": "2026-11-21T12:00:00Z"}
    for status in statuses:
        assert await charge_point.say("FirmwareStatusNotification", {"status": status}) == {}
    assert [progress.status.value for progress in handler.all("firmware")] == list(statuses)


async def test_tc_044_1_firmware_is_fetched_and_installed(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    steps = ("Downloading", "Downloaded", "Installing", "Installed")
    await _update(charge_point, station, handler, *steps)
    await charge_point.boot()
    assert len(handler.all("boot")) == 2


async def test_tc_044_2_firmware_cannot_be_fetched(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    await _update(charge_point, station, handler, "Downloading", "DownloadFailed")
    assert not handler.all("firmware")[-1].status.under_way


async def test_tc_044_3_firmware_cannot_be_installed(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    steps = ("Downloading", "Downloaded", "Installing", "InstallationFailed")
    await _update(charge_point, station, handler, *steps)
    assert not handler.all("firmware")[-1].status.under_way


async def _diagnostics(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler, end: str
) -> str:
    charge_point.answers["GetDiagnostics"] = {"fileName": "diag.zip"}
    answer = await station.upload_log(LogUpload(kind=LogKind.DIAGNOSTICS, location=URL))
    assert (answer.status, answer.file_name) == (LogUploadStatus.ACCEPTED, "diag.zip")
    for status in ("Uploading", end):
        assert await charge_point.say("DiagnosticsStatusNotification", {"status": status}) == {}
    found: str = handler.all("log")[-1].status.value
    return found


async def test_tc_045_1_diagnostics_are_sent(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    assert await _diagnostics(charge_point, station, handler, "Uploaded") == "Uploaded"


async def test_tc_045_2_diagnostics_cannot_be_sent(
    charge_point: ChargePoint, station: Station, handler: RecordingHandler
) -> None:
    end = await _diagnostics(charge_point, station, handler, "UploadFailed")
    assert end == "UploadFailure"
