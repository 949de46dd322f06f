"""Shows a person at the fuse box what the port says, without a broker."""

from .live import probe
from .once import read_once
from .render import render
from .state import ProbeState
from .terminal import LiveScreen, PlainLines, Screen, choose_screen

__all__ = [
    "LiveScreen",
    "PlainLines",
    "ProbeState",
    "Screen",
    "choose_screen",
    "probe",
    "read_once",
    "render",
]
