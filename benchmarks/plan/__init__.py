"""Plans beside the optimum (HiGHS), a year's cost beside five others' rules, and their speed.

Prices, sessions and the house are models, which the modules describe, unless real series are given;
the others' rules are re-implemented. Equal seeds give equal figures, but for the speed.
"""

from .bench import run

__all__ = ["run"]
