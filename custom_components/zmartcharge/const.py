"""Names that several modules share."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "zmartcharge"

SUBENTRY_SITE: Final = "site"
SUBENTRY_CHARGER: Final = "charger"

CONF_ADDRESS: Final = "address"
CONF_ACCESS = "access"
CONF_CERTIFICATE: Final = "certificate"
CONF_CERTIFICATES: Final = "certificates"
CONF_CHARGE_POINT_ID: Final = "charge_point_id"
CONF_CIRCUIT: Final = "circuit"
CONF_CIRCUIT_FUSE: Final = "circuit_fuse"
CONF_CONNECTORS: Final = "connectors"
CONF_DATABASE_URL: Final = "database_url"
CONF_ENABLED = "enabled"
CONF_ASKS_CARDS: Final = "asks_cards"
CONF_FORWARDING_MODE: Final = "mode"
CONF_GRADE: Final = "grade"
CONF_GRID_TYPE: Final = "grid_type"
CONF_HOST_NAMES: Final = "host_names"
CONF_KEY_HASH: Final = "key_hash"
CONF_MAIN_FUSE: Final = "main_fuse"
CONF_METER: Final = "meter"
CONF_METER_TOPIC: Final = "meter_topic"
CONF_NEW_KEY_HASH: Final = "new_key_hash"
CONF_OFFLINE: Final = "offline"
CONF_PRICE: Final = "price"
CONF_STALE_AFTER: Final = "stale_after"
CONF_TOKEN: Final = "token"  # noqa: S105
CONF_TOPIC: Final = "topic"
CONF_SECURITY: Final = "security"
CONF_SECURITY_PROFILE: Final = "security_profile"
CONF_SECOND_SYSTEM: Final = "second_system"
CONF_SITE: Final = "site"
CONF_TLS_MODE: Final = "tls_mode"
CONF_TLS_PORT: Final = "tls_port"
CONF_PRIVATE_KEY: Final = "private_key"
CONF_WIRING: Final = "wiring"

DEFAULT_HOST: Final = "0.0.0.0"  # noqa: S104
DEFAULT_PORT: Final = 9000
DEFAULT_TLS_PORT: Final = 9443
#: In ``.storage``, so that Home Assistant's backups hold it. It must never be lost.
TLS_FOLDER: Final = "zmartcharge_tls"
DATABASE_FILE: Final = "zmartcharge.db"

#: Main fuses of homes; a common value is offered, any other in the range can be typed.
MAIN_FUSE_RANGE: Final = (10, 250)
CIRCUIT_FUSE_RANGE: Final = (6, 63)

#: idTag of sessions that Home Assistant starts (OCPP 1.6, clause 7.28: at most 20 characters).
ID_TAG_HOME_ASSISTANT: Final = "HomeAssistant"
#: How the idTags begin of people who start by SMS: their numbers are nobody's business.
SMS_PREFIX: Final = "SMS-"

#: A charger that redials within this was never away, as far as people are concerned.
OFFLINE_GRACE: Final = timedelta(seconds=30)
OFFLINE_REPAIR_AFTER: Final = timedelta(minutes=15)
#: A reader's currents come every 10 s; sensors of other integrations have a limit of their own.
METER_STALE_AFTER: Final = timedelta(seconds=30)
METER_REPAIR_AFTER: Final = timedelta(minutes=10)
