"""What the versions have in common in firmware, logs and certificates: requests and answers."""

from typing import Any

from .adapter import seconds_of, text_of, without_none
from .commands import CertificateHash, LogUpload
from .fields import EARLIEST, Fields
from .rpc import JsonObject

_MAX_FILE_NAME = 255
_MAX_HASH = 128


def log_request(upload: LogUpload, request_id: int) -> JsonObject:
    """Return the payload of GetLog (security whitepaper, N01)."""
    log = {
        "remoteLocation": upload.location,
        "oldestTimestamp": text_of(upload.oldest),
        "latestTimestamp": text_of(upload.latest),
    }
    return without_none(
        {
            "log": without_none(log),
            "logType": upload.kind.value,
            "requestId": request_id,
            "retries": upload.retries,
            "retryInterval": seconds_of(upload.retry_interval),
        }
    )


def file_name(response: JsonObject, key: str) -> str | None:
    """Return the name of a file that a charger will send, None without one."""
    return Fields(response, received=EARLIEST).text(key, _MAX_FILE_NAME)


def hash_payload(certificate: CertificateHash) -> JsonObject:
    """Return a CertificateHashDataType, the same in all versions."""
    return {
        "hashAlgorithm": certificate.algorithm,
        "issuerNameHash": certificate.issuer_name,
        "issuerKeyHash": certificate.issuer_key,
        "serialNumber": certificate.serial_number,
    }


def read_hash(item: Any) -> CertificateHash | None:
    """Return the hash that a charger told, None where it is none."""
    if not isinstance(item, dict):
        return None
    fields = Fields(item, received=EARLIEST)
    names = ("hashAlgorithm", "issuerNameHash", "issuerKeyHash", "serialNumber")
    algorithm, issuer_name, issuer_key, serial = (fields.text(name, _MAX_HASH) for name in names)
    if not (algorithm and issuer_name and issuer_key and serial):
        return None
    return CertificateHash(
        algorithm=algorithm, issuer_name=issuer_name, issuer_key=issuer_key, serial_number=serial
    )
