"""Puts sentences where Assist finds them, keeps them up to date, and takes them away."""

from collections.abc import Iterable, Mapping
import logging
from pathlib import Path

from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .intent import ASSIST
from .marked_file import Written
from .sentence_file import CannotWriteError, install_sentences, remove_sentences, write_names
from .spoken_names import spoken_names

_LOGGER = logging.getLogger(__name__)


async def async_install(hass: HomeAssistant, languages: Iterable[str]) -> Mapping[str, Written]:
    """Install the sentences of languages, so that they are understood at once.

    Returns what became of each; raises a translated HomeAssistantError.
    """
    wanted = tuple(languages)
    config = Path(hass.config.config_dir)
    try:
        written = await hass.async_add_executor_job(
            lambda: install_sentences(config, wanted, create=True)
        )
    except CannotWriteError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="sentences_not_writable",
            translation_placeholders={"file": err.path, "error": str(err)},
        ) from err
    named = await _write_names(hass)
    if named or set(written.values()) & {Written.NEW, Written.REPLACED}:
        await _reload(hass)
    return written


async def async_update(hass: HomeAssistant) -> None:
    """Bring installed sentences up to date that nobody has changed; what cannot be written stays."""
    config = Path(hass.config.config_dir)
    try:
        written = await hass.async_add_executor_job(lambda: install_sentences(config, create=False))
    except CannotWriteError as err:
        _LOGGER.warning("%s could not be updated: %s", err.path, err)
        return
    if Written.REPLACED in written.values():
        await _reload(hass)


async def async_update_names(hass: HomeAssistant) -> None:
    """Tell Assist what the chargers are called now, where sentences are installed."""
    if await _write_names(hass):
        await _reload(hass)


async def async_withdraw(hass: HomeAssistant) -> None:
    """Remove installed sentences that nobody has changed; what cannot be removed stays."""
    try:
        removed = await hass.async_add_executor_job(remove_sentences, Path(hass.config.config_dir))
    except CannotWriteError as err:
        _LOGGER.warning("%s could not be removed: %s", err.path, err)
        return
    if removed:
        await _reload(hass)


async def _write_names(hass: HomeAssistant) -> bool:
    """Write the names beside the sentences; without them the sentences go on, but for those with a name."""
    names = spoken_names(hass)
    if names is None:
        return False
    try:
        return await hass.async_add_executor_job(write_names, Path(hass.config.config_dir), names)
    except CannotWriteError as err:
        _LOGGER.warning("%s could not be updated: %s", err.path, err)
        return False


async def _reload(hass: HomeAssistant) -> None:
    """Have Assist read its sentences again, if it has read any."""
    # Without a language: each is kept by the tag that was asked for, such as nb-NO.
    if hass.services.has_service(ASSIST, SERVICE_RELOAD):
        await hass.services.async_call(ASSIST, SERVICE_RELOAD, blocking=True)
