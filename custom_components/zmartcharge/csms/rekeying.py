"""Gives a charger another key, over the connection that it made with the present one."""

from .station import Station

_KEY_16 = "AuthorizationKey"
_KEY_201 = "SecurityCtrlr.BasicAuthPassword"


async def give_key(station: Station, key: str) -> None:
    """Give a charger a key (16 to 20 letters and digits), with which it comes from then on.

    In OCPP 1.6 its octets are told in hexadecimal (security whitepaper, A01), in 2.0.1 it is told as
    it is (part 2, A01). Raises the errors of the station; after NotConnectedError and
    CallTimeoutError nobody knows whether the charger has taken it.
    """
    if station.version == "1.6":
        await station.configure(_KEY_16, key.encode("ascii").hex())
    else:
        await station.configure(_KEY_201, key)
