"""What OCPP costs: the bare server beside the plain library's, and a real Home Assistant with many chargers."""

import sys

from script.lib.demo.processes import ProgramError

from ..report import show
from . import bare, scale

SECONDS = scale.SECONDS


def run(*, as_json: bool, seconds: float = SECONDS) -> None:
    """Measure all and print; ``seconds`` are those that each number of chargers is looked at."""
    figures, goals = bare.measure()
    try:
        more, further = scale.measure(seconds)
    except ProgramError as err:
        sys.exit(f"failed: {err}")
    show("OCPP", figures + more, goals + further, as_json=as_json)
