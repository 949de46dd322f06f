"""What a charger may be able to do beside charging, by the functional blocks of OCPP 2.0.1.

Every request raises NotConnectedError, CallTimeoutError, InvalidRequestError where the charger's
version has no such message or its schema refuses a value, and CallFailedError where the charger
does not have the message. Each status that it may answer is returned, unless said otherwise.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from .commands import (
    CertificateDeletionStatus,
    CertificateHash,
    CertificateInstallStatus,
    CertificateUse,
    CustomerInformation,
    DisplayMessage,
    DisplayStatus,
    FirmwareUpdate,
    FirmwareUpdateAnswer,
    InstalledCertificate,
    InstalledProfile,
    LocalListEntry,
    LocalListStatus,
    LogUpload,
    LogUploadAnswer,
    ReservationStatus,
    Tariff,
    TariffStatus,
    TransactionStatus,
    VendorAnswer,
    VendorMessage,
)


class AuthorizationBlock(Protocol):
    """What a charger knows of idTags by itself (blocks C and D)."""

    async def clear_cache(self) -> bool:
        """Forget the answers that the charger remembers; False: it does not, or has no cache."""

    async def local_list_version(self) -> int | None:
        """Return the version of the local list: 0 is an empty one, None says that there is none.

        OCPP 1.6, clause 5.10; 2.0.1, D02.
        """

    async def send_local_list(
        self, version: int, entries: Sequence[LocalListEntry], *, full: bool
    ) -> LocalListStatus:
        """Send the whole local list, or what is to change in it, which has this version then.

        One message: what is too long for it the caller sends as differences (OCPP 1.6, clause
        5.15; 2.0.1, D01). A charger that does not know the message answers NOT_SUPPORTED.
        """


class ReservationBlock(Protocol):
    """Keeping a connector free for somebody (block H)."""

    async def reserve(
        self,
        connector_id: int,
        reservation_id: int,
        id_tag: str,
        expiry: datetime,
        parent: str | None = None,
    ) -> ReservationStatus:
        """Reserve a connector (0: any) for an idTag or its group, until the expiry.

        Another one with the same id is replaced.
        """

    async def cancel_reservation(self, reservation_id: int) -> bool:
        """Give a reservation up; False: the charger has none of this id."""


class FirmwareBlock(Protocol):
    """Firmware (block L) and logs (block N)."""

    async def update_firmware(self, update: FirmwareUpdate) -> FirmwareUpdateAnswer:
        """Let the charger fetch its firmware and install it; how far it is, the handler hears."""

    async def upload_log(self, upload: LogUpload) -> LogUploadAnswer:
        """Let the charger send a log to an address; how far it is, the handler hears."""


class CertificateBlock(Protocol):
    """Certificates in the charger (block M, and A02)."""

    async def install_certificate(
        self, use: CertificateUse, certificate: str
    ) -> CertificateInstallStatus:
        """Install a root certificate (PEM)."""

    async def delete_certificate(self, certificate: CertificateHash) -> CertificateDeletionStatus:
        """Delete an installed certificate."""

    async def installed_certificates(self, use: CertificateUse) -> tuple[InstalledCertificate, ...]:
        """Return the installed certificates of a use."""

    async def certificate_signed(self, chain: str, *, for_vehicle: bool = False) -> bool:
        """Send the certificate (PEM, with its chain) that the charger wanted; False: refused."""


class TariffBlock(Protocol):
    """What a charger knows of prices (block I of OCPP 2.1); ``connector_id`` 0: all of them."""

    async def set_default_tariff(self, tariff: Tariff, connector_id: int = 0) -> TariffStatus:
        """Let a tariff hold for transactions that begin from now on, in the place of the one before."""

    async def change_tariff(self, transaction_id: int, tariff: Tariff) -> TariffStatus:
        """Let a tariff hold for what a transaction takes from now on."""

    async def tariffs(self, connector_id: int = 0) -> tuple[str, ...]:
        """Return the names of the tariffs that the charger has."""

    async def clear_tariffs(self, connector_id: int = 0) -> bool:
        """Remove the tariffs; False: the charger kept one."""


class InformationBlock(Protocol):
    """What is told and asked beside it all: display, costs, transactions, customers, vendors."""

    async def set_display_message(self, message: DisplayMessage) -> DisplayStatus:
        """Show a message, in the place of the one with its id."""

    async def display_messages(self) -> tuple[DisplayMessage, ...]:
        """Return the messages that the charger shows; raises CallTimeoutError if it breaks off."""

    async def clear_display_message(self, message_id: int) -> bool:
        """Show a message no longer; False: there is none of this id."""

    async def cost_updated(self, transaction_id: int, total_cost: float) -> None:
        """Let the charger show what a transaction costs so far, in its currency.

        Raises CallRejectedError where nobody knows what the charger calls the transaction.
        """

    async def transaction_status(self, transaction_id: int | None = None) -> TransactionStatus:
        """Ask whether a transaction goes on; None: only whether the charger has messages to send."""

    async def customer_information(
        self, id_tag: str, *, report: bool, clear: bool
    ) -> CustomerInformation:
        """Have what a charger keeps of a customer reported, removed, or both.

        Raises CallTimeoutError if the report breaks off.
        """

    async def charging_profiles(
        self, connector_id: int | None = None
    ) -> tuple[InstalledProfile, ...]:
        """Return the charging profiles in the charger, None: of all connectors.

        Raises CallTimeoutError if the report breaks off.
        """

    async def data_transfer(self, message: VendorMessage) -> VendorAnswer:
        """Send a message of a vendor's own."""
