"""Opens the connection to the other central system, as a charger does (OCPP-J, clause 3)."""

import asyncio

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorSSLError,
    ClientError,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSServerHandshakeError,
    encode_basic_auth,
)

from .destination import Destination
from .errors import (
    ForwardingError,
    LoginRefusedError,
    NotEncryptedError,
    NotOcppError,
    UnknownChargerError,
    UnreachableError,
    UntrustedError,
)

#: The same that a charger may send us: no message of OCPP needs more.
MAX_FRAME = 64 * 1024
CONNECT_TIMEOUT = 15.0
_CLOSE_TIMEOUT = 2.0
#: Subprotocols by our names of the versions (the IANA registry's names).
SUBPROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1"}


async def connect(
    session: ClientSession, destination: Destination, version: str
) -> ClientWebSocketResponse:
    """Return an open connection. Raises ForwardingError in less than a minute."""
    headers = {}
    if destination.password is not None:
        login = encode_basic_auth(destination.identity, destination.password, "utf-8")
        headers["Authorization"] = login
    try:
        async with (
            asyncio.timeout(CONNECT_TIMEOUT),
            # Who answers does not choose what else in the house is asked.
            ClientSession(
                connector=session.connector, connector_owner=False, middlewares=(_not_elsewhere,)
            ) as straight,
        ):
            socket = await straight.ws_connect(
                destination.address,
                protocols=(SUBPROTOCOLS[version],),
                headers=headers,
                max_msg_size=MAX_FRAME,
                autoping=False,
                compress=0,
                timeout=ClientWSTimeout(ws_close=_CLOSE_TIMEOUT),
            )
    except WSServerHandshakeError as err:
        raise _refusal(err.status) from err
    except ClientConnectorCertificateError as err:
        raise UntrustedError(str(err)) from err
    except ClientConnectorSSLError as err:
        raise NotEncryptedError(str(err)) from err
    except (ClientError, OSError, TimeoutError, ValueError) as err:
        raise UnreachableError(str(err) or type(err).__name__) from err
    if socket.protocol != SUBPROTOCOLS[version]:
        await socket.close()
        raise NotOcppError(f"speaks {socket.protocol!r}")
    return socket


async def _not_elsewhere(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise NotOcppError(f"HTTP {response.status}")
    return response


def _refusal(status: int) -> ForwardingError:
    match status:
        case 401 | 403:
            return LoginRefusedError(f"HTTP {status}")
        case 404:
            return UnknownChargerError(f"HTTP {status}")
        case _ if status >= 500 or status == 429:
            return UnreachableError(f"HTTP {status}")
    return NotOcppError(f"HTTP {status}")
