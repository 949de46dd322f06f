"""What a charger does by itself while it cannot ask, as settings of OCPP."""

from enum import StrEnum


class OfflineBehaviour(StrEnum):
    """Who may charge while the charger is offline."""

    #: The tokens that the charger was told of before.
    LOCAL_LIST = "local_list"
    #: Nobody new; a session that goes on goes on.
    BLOCK = "block"
    #: Everybody whose token is not known to be refused.
    FREE = "free"


def offline_keys_16(behaviour: OfflineBehaviour, *, has_local_list: bool) -> dict[str, str]:
    """Return the configuration keys of OCPP 1.6 (clauses 3.5, 9.1 and 9.2) and their values.

    A charger without the profile LocalAuthListManagement uses its cache of answers instead of a
    list. It is told ``LocalPreAuthorize`` false whatever else: while it can ask it has to, because
    the list knows nothing of opening hours and of other sessions.
    """
    local = behaviour is not OfflineBehaviour.BLOCK
    keys = {
        "LocalPreAuthorize": False,
        "LocalAuthorizeOffline": local,
        "AllowOfflineTxForUnknownId": behaviour is OfflineBehaviour.FREE,
        # What a cache remembers may have been blocked since: only for want of a list.
        "AuthorizationCacheEnabled": local and not has_local_list,
        # Who was let in for want of a connection, and is refused then, is not to stay.
        "StopTransactionOnInvalidId": True,
    }
    if has_local_list:
        keys["LocalAuthListEnabled"] = local
    return {key: _text(value) for key, value in keys.items()}


def offline_variables_201(
    behaviour: OfflineBehaviour, *, has_local_list: bool
) -> dict[tuple[str, str], str]:
    """Return the variables of OCPP 2.0.1 (part 2, clause 2.3) as in ``offline_keys_16``.

    Each is named by its component and variable.
    """
    keys = offline_keys_16(behaviour, has_local_list=has_local_list)
    return {_VARIABLES[key]: value for key, value in keys.items()}


_VARIABLES = {
    "LocalPreAuthorize": ("AuthCtrlr", "LocalPreAuthorize"),
    "LocalAuthorizeOffline": ("AuthCtrlr", "LocalAuthorizeOffline"),
    "AllowOfflineTxForUnknownId": ("AuthCtrlr", "OfflineTxForUnknownIdEnabled"),
    "AuthorizationCacheEnabled": ("AuthCacheCtrlr", "Enabled"),
    "StopTransactionOnInvalidId": ("TxCtrlr", "StopTxOnInvalidId"),
    "LocalAuthListEnabled": ("LocalAuthListCtrlr", "Enabled"),
}


def _text(value: bool) -> str:
    return "true" if value else "false"
