"""How each request is answered that is not done, as its schema allows, and why it never is.

OCPP 1.6, chapter 6, its security whitepaper, and OCPP 2.0.1, part 2. None: there is no response that
says no, so that the answer is a CALLERROR.
"""

from collections.abc import Mapping

from ..rpc import JsonObject
from .errors import Reason

_REJECTED: JsonObject = {"status": "Rejected"}
_UNKNOWN: JsonObject = {"status": "Unknown"}
_NOT_SUPPORTED: JsonObject = {"status": "NotSupported"}
_FAILED: JsonObject = {"status": "Failed"}
_NOT_FOUND: JsonObject = {"status": "NotFound"}
_NOT_IMPLEMENTED: JsonObject = {"status": "NotImplemented"}

_SHARED: dict[str, JsonObject | None] = {
    "CancelReservation": _REJECTED,
    "CertificateSigned": _REJECTED,
    "ChangeAvailability": _REJECTED,
    "ClearCache": _REJECTED,
    "ClearChargingProfile": _UNKNOWN,
    "DataTransfer": _REJECTED,
    "DeleteCertificate": _FAILED,
    "GetCompositeSchedule": _REJECTED,
    "GetInstalledCertificateIds": _NOT_FOUND,
    "GetLog": _REJECTED,
    "InstallCertificate": _REJECTED,
    "ReserveNow": _REJECTED,
    "Reset": _REJECTED,
    "SetChargingProfile": _REJECTED,
    "TriggerMessage": _NOT_IMPLEMENTED,
}
REFUSED_16: Mapping[str, JsonObject | None] = _SHARED | {
    "ChangeConfiguration": _REJECTED,
    "ExtendedTriggerMessage": _NOT_IMPLEMENTED,
    # Without a file name: there is no file.
    "GetDiagnostics": {},
    # The charger has no local list that would be the other's.
    "GetLocalListVersion": {"listVersion": -1},
    "RemoteStartTransaction": _REJECTED,
    "RemoteStopTransaction": _REJECTED,
    "SendLocalList": _NOT_SUPPORTED,
    "SignedUpdateFirmware": _REJECTED,
    "UnlockConnector": _NOT_SUPPORTED,
    "UpdateFirmware": None,
}
REFUSED_201: Mapping[str, JsonObject | None] = _SHARED | {
    "ClearDisplayMessage": _UNKNOWN,
    "ClearVariableMonitoring": None,
    # It only informs.
    "CostUpdated": {},
    "CustomerInformation": _REJECTED,
    "GetChargingProfiles": {"status": "NoProfiles"},
    "GetDisplayMessages": _UNKNOWN,
    "GetLocalListVersion": {"versionNumber": 0},
    "GetMonitoringReport": _NOT_SUPPORTED,
    # What waits for the other, the charger cannot know.
    "GetTransactionStatus": None,
    "PublishFirmware": _REJECTED,
    "RequestStartTransaction": _REJECTED,
    "RequestStopTransaction": _REJECTED,
    "SendLocalList": _FAILED,
    "SetDisplayMessage": _REJECTED,
    "SetMonitoringBase": _NOT_SUPPORTED,
    "SetMonitoringLevel": _REJECTED,
    "SetNetworkProfile": _REJECTED,
    "SetVariableMonitoring": None,
    "UnlockConnector": {"status": "UnlockFailed"},
    "UnpublishFirmware": {"status": "NoFirmware"},
    "UpdateFirmware": _REJECTED,
}

#: Why what is not forwarded even to who may ask the charger for something is not.
NEVER: Mapping[str, Reason] = {
    "CertificateSigned": Reason.SECURITY,
    "ChangeConfiguration": Reason.SETTINGS,
    "ClearCache": Reason.CARDS,
    "ClearVariableMonitoring": Reason.SETTINGS,
    "DeleteCertificate": Reason.SECURITY,
    "ExtendedTriggerMessage": Reason.SECURITY,
    "GetDiagnostics": Reason.LOGS,
    "GetInstalledCertificateIds": Reason.SECURITY,
    "GetLog": Reason.LOGS,
    "InstallCertificate": Reason.SECURITY,
    "PublishFirmware": Reason.FIRMWARE,
    "Reset": Reason.RESTART,
    "SendLocalList": Reason.CARDS,
    "SetMonitoringBase": Reason.SETTINGS,
    "SetMonitoringLevel": Reason.SETTINGS,
    "SetNetworkProfile": Reason.SETTINGS,
    "SetVariableMonitoring": Reason.SETTINGS,
    "SetVariables": Reason.SETTINGS,
    "SignedUpdateFirmware": Reason.FIRMWARE,
    "UnpublishFirmware": Reason.FIRMWARE,
    "UpdateFirmware": Reason.FIRMWARE,
}
