"""Phone numbers in all the ways that people and gateways write them."""

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.access import masked_number, phone_number


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+4791234567", None, "+4791234567"),
        ("004791234567", "SE", "+4791234567"),
        ("912 34 567", "NO", "+4791234567"),
        ("912 34 567", None, "+4791234567"),
        ("91-23-45-67", "no", "+4791234567"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("(0)70 1234567", "SE", "+46701234567"),
        ("4791234567", "NO", "+4791234567"),
        ("47 12 34 56", "NO", "+4747123456"),
        ("46701234567", "SE", "+46701234567"),
        ("4520123456", "DK", "+4520123456"),
        ("393123456789", "IT", "+393123456789"),
        ("3931234567", "IT", "+393931234567"),
        ("20 12 34 56", "DK", "+4520123456"),
        ("040 1234567", "FI", "+358401234567"),
        ("\uff0b47\u00a0912\u00a034\u00a0567", None, "+4791234567"),
        (" +47 912.34.567 ", None, "+4791234567"),
    ],
)
def test_number_is_written_in_one_way(text: str, country: str | None, number: str) -> None:
    assert phone_number(text, country) == number


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "BANK", "Telenor", "1881", "+", "+47", "+0791234567", "+47912345678901234",
        "+47 912 34 567 or so", "٤٧٩١٢٣٤٥٦٧a", "9" * 60, "+4791234567;DROP", "😀", "\x00",
    ],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert phone_number(text, "NO") is None


def test_number_of_a_country_that_is_not_known_needs_its_code() -> None:
    assert phone_number("912 34 567", "US") is None
    assert phone_number("+1 212 555 0100", "US") == "+12125550100"


@given(st.text(max_size=60), st.sampled_from([None, "NO", "SE", "XX"]))
def test_any_text_is_a_number_or_none_and_a_number_stays_itself(
    text: str, country: str | None
) -> None:
    number = phone_number(text, country)
    assert number is None or phone_number(number, "SE") == number


def test_number_is_logged_without_most_of_it() -> None:
    assert masked_number("+4791234567") == "…67"
