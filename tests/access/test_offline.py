"""What a charger is told to do while it cannot ask."""

import pytest

from custom_components.zmartcharge.access import (
    OfflineBehaviour,
    offline_keys_16,
    offline_variables_201,
)


@pytest.mark.parametrize(
    ("behaviour", "offline", "unknown"),
    [
        (OfflineBehaviour.LOCAL_LIST, "true", "false"),
        (OfflineBehaviour.BLOCK, "false", "false"),
        (OfflineBehaviour.FREE, "true", "true"),
    ],
)
def test_keys_of_a_charger_with_a_list(
    behaviour: OfflineBehaviour, offline: str, unknown: str
) -> None:
    assert offline_keys_16(behaviour, has_local_list=True) == {
        "LocalPreAuthorize": "false",
        "LocalAuthorizeOffline": offline,
        "AllowOfflineTxForUnknownId": unknown,
        "AuthorizationCacheEnabled": "false",
        "StopTransactionOnInvalidId": "true",
        "LocalAuthListEnabled": offline,
    }


@pytest.mark.parametrize(
    ("behaviour", "cache"),
    [
        (OfflineBehaviour.LOCAL_LIST, "true"),
        (OfflineBehaviour.BLOCK, "false"),
        (OfflineBehaviour.FREE, "true"),
    ],
)
def test_a_charger_without_a_list_remembers_answers(
    behaviour: OfflineBehaviour, cache: str
) -> None:
    keys = offline_keys_16(behaviour, has_local_list=False)
    assert keys["AuthorizationCacheEnabled"] == cache
    assert "LocalAuthListEnabled" not in keys


def test_variables_say_what_the_keys_say() -> None:
    told = offline_variables_201(OfflineBehaviour.FREE, has_local_list=True)
    assert told == {
        ("AuthCtrlr", "LocalPreAuthorize"): "false",
        ("AuthCtrlr", "LocalAuthorizeOffline"): "true",
        ("AuthCtrlr", "OfflineTxForUnknownIdEnabled"): "true",
        ("AuthCacheCtrlr", "Enabled"): "false",
        ("TxCtrlr", "StopTxOnInvalidId"): "true",
        ("LocalAuthListCtrlr", "Enabled"): "true",
    }
    short = offline_variables_201(OfflineBehaviour.FREE, has_local_list=False)
    assert ("LocalAuthListCtrlr", "Enabled") not in short
