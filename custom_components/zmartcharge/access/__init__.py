"""Who may charge, where and when: pure functions of tokens, of a charger's rules, and of what is asked.

``decide`` answers whether somebody may charge, with a reason when not. ``wanted_list`` and
``list_updates`` tell what a charger should know while nobody can be asked, ``offline_keys_16`` and
``offline_variables_201`` how it should behave then. ``present`` learns a new card. Nothing here
reads a clock, keeps anything, or speaks with a charger.

An idTag is no secret: cards can be copied, and are sent in clear. It is shown masked all the same,
because it tells who somebody is.
"""

from .decision import (
    Allowed,
    AllowedReason,
    Decision,
    Detail,
    Refusal,
    RefusalReason,
    decide,
    refusal_of_token,
)
from .id_tag import MAX_LENGTH_16, MAX_LENGTH_201, is_id_tag, masked, normalised
from .learning import LEARNING_TIME, Learned, Learning, learn, present
from .list_updates import (
    DEFAULT_CHUNK,
    ListUpdate,
    LocalList,
    NextStep,
    UpdateAnswer,
    UpdateType,
    apply_update,
    list_updates,
    next_step,
)
from .local_list import ListEntry, WantedList, next_list_change, wanted_list
from .offline import OfflineBehaviour, offline_keys_16, offline_variables_201
from .opening_hours import OpeningHours, OpeningInterval
from .phone import masked_number, phone_number
from .request import OpenTransaction, Purpose, Request, StartMethod
from .rules import Access, AccessRules
from .status import AuthorizationStatus16, AuthorizationStatus201, status_16, status_201
from .token import IdTokenType, Token, TokenStatus

__all__ = [
    "DEFAULT_CHUNK",
    "LEARNING_TIME",
    "MAX_LENGTH_16",
    "MAX_LENGTH_201",
    "Access",
    "AccessRules",
    "Allowed",
    "AllowedReason",
    "AuthorizationStatus16",
    "AuthorizationStatus201",
    "Decision",
    "Detail",
    "IdTokenType",
    "Learned",
    "Learning",
    "ListEntry",
    "ListUpdate",
    "LocalList",
    "NextStep",
    "OfflineBehaviour",
    "OpenTransaction",
    "OpeningHours",
    "OpeningInterval",
    "Purpose",
    "Refusal",
    "RefusalReason",
    "Request",
    "StartMethod",
    "Token",
    "TokenStatus",
    "UpdateAnswer",
    "UpdateType",
    "WantedList",
    "apply_update",
    "decide",
    "is_id_tag",
    "learn",
    "list_updates",
    "masked",
    "masked_number",
    "next_list_change",
    "next_step",
    "normalised",
    "offline_keys_16",
    "offline_variables_201",
    "phone_number",
    "present",
    "refusal_of_token",
    "status_16",
    "status_201",
    "wanted_list",
]
