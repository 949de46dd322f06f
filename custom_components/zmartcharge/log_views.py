"""The views for logs: chargers send them, people download them."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
import logging

from aiohttp import BodyPartReader, MultipartReader, web
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .devices import loaded_hub
from .log_files import download_name
from .uploads import UPLOAD_PATH, ExpectedLog, TooLargeError

_LOGGER = logging.getLogger(__name__)

LOG_PATH = f"/api/{DOMAIN}/log"
_PIECE = 64 * 2**10


class UploadView(HomeAssistantView):
    """Takes a log from a charger. The path, which only the charger was told, is the login."""

    url = UPLOAD_PATH + "/{tail:.*}"
    name = f"api:{DOMAIN}:upload"
    requires_auth = False

    async def put(self, request: web.Request, tail: str) -> web.Response:
        """Take a file."""
        return await self._take(request, tail, request.content.iter_chunked(_PIECE))

    async def post(self, request: web.Request, tail: str) -> web.Response:
        """Take a file, or the first one of a form (RFC 7578)."""
        pieces: AsyncIterator[bytes] = request.content.iter_chunked(_PIECE)
        if request.content_type == "multipart/form-data":
            pieces = _first_file(request)
        return await self._take(request, tail, pieces)

    async def _take(
        self, request: web.Request, tail: str, pieces: AsyncIterator[bytes]
    ) -> web.Response:
        if (hub := loaded_hub(request.app[KEY_HASS])) is None:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        if (expected := hub.uploads.find(tail)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if expected.receiving:
            return web.Response(status=HTTPStatus.CONFLICT)
        try:
            async with asyncio.timeout(_seconds_left(expected)):
                await hub.uploads.receive(expected, pieces)
        except TooLargeError:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except ValueError, web.RequestPayloadError:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        except OSError as err:
            _LOGGER.warning("A log could not be kept: %s", err)
            return web.Response(status=HTTPStatus.INSUFFICIENT_STORAGE)
        return web.Response(status=HTTPStatus.CREATED)


class LogView(HomeAssistantView):
    """Gives a log to administrators, and to who has a link that an action signed for them."""

    url = LOG_PATH + "/{charger_id}/{name}"
    name = f"api:{DOMAIN}:log"

    async def get(self, request: web.Request, charger_id: str, name: str) -> web.StreamResponse:
        """Return a log as a file."""
        hass, user = request.app[KEY_HASS], request[KEY_HASS_USER]
        # A log may hold card numbers and network names. Links of ours are signed for a system user.
        if not (user.is_admin or user.system_generated):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        hub = loaded_hub(hass)
        if hub is None or charger_id not in hub.chargers:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        path = await hass.async_add_executor_job(hub.uploads.files.path, charger_id, name)
        if path is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        called = await hass.async_add_executor_job(download_name, path)
        return web.FileResponse(
            path,
            headers={
                # Whatever a charger sent, a browser must not run it.
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f'attachment; filename="{called}"',
                "X-Content-Type-Options": "nosniff",
            },
        )


def _seconds_left(expected: ExpectedLog) -> float:
    return (expected.until - dt_util.utcnow()).total_seconds()


async def _first_file(request: web.Request) -> AsyncIterator[bytes]:
    """Yield the first file of a form; raises ValueError where it is none."""
    # Not request.multipart(), whose own limit is smaller than ours.
    async for part in MultipartReader(request.headers, request.content):
        if isinstance(part, BodyPartReader) and part.filename is not None:
            while piece := await part.read_chunk(_PIECE):
                yield piece
            return
    raise ValueError("a form without a file")
