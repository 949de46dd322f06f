from pathlib import Path
from typing import Any

import pytest
import yaml

from script.lib import compile_tariffs

COMPANY: dict[str, Any] = {
    "netteier": " Eksempel AS ",
    "gln": ["7080123456789"],
    "sist_oppdatert": "2026-08-18",
    "kilder": ["https://example.com/nettleie"],
    "tariffer": [
        {
            "kundegrupper": ["husholdning", "fritid", "liten_næring"],
            "gyldig_fra": "2026-01-01",
            "energiledd": {
                "grunnpris": 10.5,
                "unntak": [
                    {"navn": "Natt", "timer": "22-5", "dager": ["alle"], "pris": 8},
                    {
                        "navn": "Vinter",
                        "måneder": ["januar", "mars"],
                        "dager": ["helg"],
                        "pris": 9.25,
                    },
                ],
            },
            "fastledd": {
                "metode": "TRE_DØGNMAX_MND",
                "terskel_inkludert": False,
                "terskler": [{"terskel": 0, "pris": 1200}, {"terskel": 5, "pris": 2880.6}],
            },
        },
        {
            "kundegrupper": ["liten_næring"],
            "gyldig_fra": "2026-01-01",
            "energiledd": {"grunnpris": 1},
            "fastledd": {"metode": "UKJENT", "terskel_inkludert": None, "terskler": []},
        },
    ],
}


def write(folder: Path, **changes: Any) -> Path:
    (folder / "eksempel.yml").write_text(
        yaml.safe_dump({**COMPANY, **changes}, allow_unicode=True), encoding="utf-8"
    )
    return folder


def test_company_is_compiled_without_its_business_tariffs(tmp_path: Path) -> None:
    data = compile_tariffs.compile_folder(write(tmp_path))
    found = data["companies"]["eksempel"]
    assert data["updated"] == "2026-08-18"
    assert found["name"] == "Eksempel AS"
    (tariff,) = found["tariffs"]
    assert tariff["dwellings"] == ["cabin", "home"]
    assert tariff["energy"]["base"] == "10.5"
    assert tariff["energy"]["exceptions"] == [
        {"name": "Natt", "amount": "8", "hours": [0, 1, 2, 3, 4, 5, 22, 23]},
        {"name": "Vinter", "amount": "9.25", "days": ["weekend"], "months": [1, 3]},
    ]
    assert tariff["capacity"] == {
        "method": "three_daily_maxima",
        "threshold_included": False,
        "steps": [["0", "1200"], ["5", "2880.6"]],
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"ny_nøkkel": 1},
        {"tariffer": [{**COMPANY["tariffer"][0], "kundegrupper": ["industri"]}]},
        {"tariffer": [COMPANY["tariffer"][0], COMPANY["tariffer"][0]]},
        {
            "tariffer": [
                {**COMPANY["tariffer"][0], "gyldig_til": "2026-07-01"},
                {**COMPANY["tariffer"][0], "gyldig_fra": "2026-06-01"},
            ]
        },
        {"tariffer": [{**COMPANY["tariffer"][0], "energiledd": {"grunnpris": "10,5"}}]},
        {
            "tariffer": [
                {
                    **COMPANY["tariffer"][0],
                    "energiledd": {
                        "grunnpris": 1,
                        "unntak": [{"navn": "x", "timer": "6-24", "pris": 2}],
                    },
                }
            ]
        },
    ],
)
def test_what_is_not_understood_stops_the_compilation(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"eksempel\.yml"):
        compile_tariffs.compile_folder(write(tmp_path, **changes))


def test_empty_folder_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compile_tariffs.main([str(tmp_path)]) == 1
    assert "no .yml" in capsys.readouterr().err


def test_written_file_is_read_by_the_integration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "grid_tariffs.json"
    monkeypatch.setattr(compile_tariffs, "TARGET", target)
    assert compile_tariffs.main([str(write(tmp_path))]) == 0
    assert '"eksempel": {"name":"Eksempel AS"' in target.read_text(encoding="utf-8")
