"""A real Home Assistant: its configuration folder, its process, its API."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
import json
from pathlib import Path
import sys
import time
from typing import Any

import aiohttp

from .processes import ROOT, Program, ProgramError

USERNAME = "owner"
PASSWORD = "demo-password"
_BOOT_TIMEOUT = 120.0

_CONFIGURATION = """\
homeassistant:
  name: Mitt hjem
  unit_system: metric
  time_zone: Europe/Oslo
  country: "NO"
  currency: NOK
  latitude: 59.9139
  longitude: 10.7522
  internal_url: http://127.0.0.1:{port}
frontend:
config:
conversation:
history:
logbook:
energy:
tag:
system_health:
automation: !include automations.yaml
script: {{}}
logger:
  default: warning
  logs:
    custom_components.zmartcharge: info
"""


def write_configuration(folder: Path, port: int, language: str) -> None:
    """Write a configuration folder that boots without asking and without the Internet.

    The HTTP settings lie in ``.storage/http``: in YAML they are only tried for five minutes. The
    onboarding steps that install integrations from the Internet are marked as done.
    """
    storage = folder / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    components = folder / "custom_components"
    components.mkdir(exist_ok=True)
    link = components / "zmartcharge"
    if not link.exists():
        link.symlink_to(ROOT / "custom_components" / "zmartcharge")
    (folder / "configuration.yaml").write_text(
        _CONFIGURATION.format(port=port).replace(
            "  currency: NOK\n", f"  currency: NOK\n  language: {language}\n"
        )
    )
    automations = folder / "automations.yaml"
    if not automations.exists():
        automations.write_text("[]\n")
    http = {
        "stable": {
            "server_host": ["127.0.0.1"],
            "server_port": port,
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": True,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": datetime.now(UTC).isoformat(),
            "error": None,
            "error_message": None,
        },
        "pending": None,
        "yaml_migration_done": True,
    }
    _write_store(storage / "http", 2, 2, http)
    _write_store(storage / "onboarding", 4, 1, {"done": ["core_config", "analytics"]})


def _write_store(path: Path, version: int, minor_version: int, data: dict[str, Any]) -> None:
    store = {
        "version": version, "minor_version": minor_version, "key": path.name, "data": data,
    }  # fmt: skip
    path.write_text(json.dumps(store))


class HomeAssistant:
    """A Home Assistant on 127.0.0.1 and an owner's session in it."""

    def __init__(
        self,
        folder: Path,
        port: int,
        session: aiohttp.ClientSession,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Take a configuration folder and the port that is written in it."""
        self.folder = folder
        self.environment = environment
        self.base = f"http://127.0.0.1:{port}"
        self.program: Program | None = None
        self._session = session
        self._token = ""

    async def boot(self) -> float:
        """Start Home Assistant and wait until it answers; returns the seconds that took."""
        began = time.monotonic()
        command = [sys.executable, "-m", "homeassistant", "-c", str(self.folder), "--skip-pip"]
        self.program = await Program.start(
            "Home Assistant",
            command,
            self.folder / "home-assistant.out",
            environment=self.environment,
        )
        await self.wait_for(self._answers, "Home Assistant answers", _BOOT_TIMEOUT)
        if self._token:
            await self.wait_for(self._is_running, "Home Assistant has started", _BOOT_TIMEOUT)
        return time.monotonic() - began

    async def onboard(self, language: str) -> None:
        """Make the owner and log in."""
        client_id = f"{self.base}/"
        body = await self._post_json(
            "/api/onboarding/users",
            {
                "name": "Owner",
                "username": USERNAME,
                "password": PASSWORD,
                "client_id": client_id,
                "language": language,
            },
        )
        form = {
            "grant_type": "authorization_code", "code": body["auth_code"], "client_id": client_id,
        }  # fmt: skip
        async with self._session.post(f"{self.base}/auth/token", data=form) as response:
            self._token = (await response.json())["access_token"]
        await self._post_json(
            "/api/onboarding/integration",
            {"client_id": client_id, "redirect_uri": f"{client_id}?auth_callback=1"},
        )
        request = {
            "type": "auth/long_lived_access_token", "client_name": "demo", "lifespan": 30,
        }  # fmt: skip
        self._token = await self.command(request)
        await self.wait_for(self._is_running, "Home Assistant has started", _BOOT_TIMEOUT)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Give a connection to the WebSocket API, with the owner logged in."""
        async with self._session.ws_connect(f"{self.base}/api/websocket") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            await socket.receive_json()
            yield socket

    async def command(self, request: dict[str, Any]) -> Any:
        """Send one WebSocket command and return its result."""
        async with self.connected() as socket:
            await socket.send_json({"id": 1, **request})
            answer = await socket.receive_json()
        if not answer["success"]:
            raise ProgramError(f"{request['type']}: {answer['error']}")
        return answer["result"]

    async def act(self, domain: str, action: str, **data: Any) -> None:
        """Perform an action."""
        await self._post_json(f"/api/services/{domain}/{action}", data)

    async def say(self, text: str, language: str, conversation: str | None = None) -> str:
        """Say something to Assist, and return what is answered."""
        request = {"type": "conversation/process", "text": text, "language": language}
        if conversation:
            request["conversation_id"] = conversation
        result = await self.command(request)
        return str(result["response"]["speech"]["plain"]["speech"])

    async def delete(self, path: str) -> None:
        """Delete what lies at a path of the API."""
        async with self._session.delete(self.base + path, headers=self._headers) as response:
            if response.status >= 400:
                raise ProgramError(f"{path}: {response.status} {await response.text()}")

    async def fix(self, issue_id: str) -> None:
        """Go through the form of one of our repairs, and do what it offers."""
        path = "/api/repairs/issues/fix"
        form = await self._post_json(path, {"handler": "zmartcharge", "issue_id": issue_id})
        result = await self._post_json(f"{path}/{form['flow_id']}", {})
        if result["type"] != "create_entry":
            raise ProgramError(f"{issue_id}: {result}")

    async def state(self, entity_id: str) -> dict[str, Any] | None:
        """Return an entity's state object, None when there is none."""
        async with self._get(f"/api/states/{entity_id}") as response:
            if response.status == 404:
                return None
            found: dict[str, Any] = await response.json()
            return found

    def text_of(self, path: str) -> Callable[[], Coroutine[Any, Any, str | None]]:
        """Return a condition: the text at a path of the API, None while there is none."""

        async def text() -> str | None:
            async with self._get(path) as response:
                return await response.text() if response.status == 200 else None

        return text

    async def value(self, entity_id: str) -> float | None:
        """Return an entity's state as a number, None when it is none."""
        state = await self.state(entity_id)
        try:
            return float(state["state"]) if state else None
        except ValueError:
            return None

    async def entity_id(self, unique_id: str) -> str:
        """Return the entity id of one of our unique ids, which may be being added this moment."""

        async def found() -> str | None:
            for entity in await self.command({"type": "config/entity_registry/list"}):
                if entity["platform"] == "zmartcharge" and entity["unique_id"] == unique_id:
                    entity_id: str = entity["entity_id"]
                    return entity_id
            return None

        entity_id = await self.wait_for(found, f"the entity with the unique id {unique_id}", 30)
        return str(entity_id)

    async def flow(
        self, handler: Any, *steps: dict[str, Any], kind: str = "", **changed: str
    ) -> dict[str, Any]:
        """Go through a flow as the frontend does; returns its last result.

        ``kind`` is ``/subentries`` for a subentry's flow; with ``subentry_id`` that one is changed.
        Progress steps are waited for.
        """
        path = f"/api/config/config_entries{kind}/flow"
        result: dict[str, Any] = await self._post_json(
            path, {"handler": handler, "show_advanced_options": False, **changed}
        )
        for step in steps:
            result = await self._post_json(f"{path}/{result['flow_id']}", step)
            while result["type"] in ("progress", "progress_done"):
                await asyncio.sleep(0.2)
                async with self._get(f"{path}/{result['flow_id']}") as response:
                    result = await response.json()
            if result.get("errors"):
                raise ProgramError(f"{handler}: {result['errors']}")
        return result

    async def wait_for[T](
        self,
        condition: Callable[[], Coroutine[Any, Any, T | None]],
        what: str,
        timeout: float = 60,
    ) -> T:
        """Return the first truthy result of ``condition``; raises ProgramError after a while."""
        deadline = time.monotonic() + timeout
        while True:
            if self.program:
                self.program.ensure_running()
            if found := await condition():
                return found
            if time.monotonic() > deadline:
                raise ProgramError(f"waited {timeout:.0f} s in vain: {what}")
            await asyncio.sleep(0.1)

    async def _answers(self) -> bool:
        try:
            async with self._session.get(f"{self.base}/api/onboarding") as response:
                return response.status in (200, 404)
        except aiohttp.ClientError:
            return False

    async def _is_running(self) -> bool:
        async with self._get("/api/config") as response:
            return response.status == 200 and (await response.json())["state"] == "RUNNING"

    @asynccontextmanager
    async def _get(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        async with self._session.get(self.base + path, headers=self._headers) as response:
            yield response

    async def _post_json(self, path: str, body: dict[str, Any]) -> Any:
        async with self._session.post(
            self.base + path, json=body, headers=self._headers
        ) as response:
            if response.status >= 400:
                raise ProgramError(f"{path}: {response.status} {await response.text()}")
            return await response.json()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}
