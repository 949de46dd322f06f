"""Load balancing in virtual time: trips, overloads and energy, ours beside five others' rules.

Nothing here is measured on hardware: house, meter, chargers, cars and fuses are models, which the
modules describe, and the others' rules are re-implemented. Equal seeds give equal figures.
"""

from .bench import run

__all__ = ["run"]
