"""What is printed of a check."""

import time


class Facts:
    """Prints facts as they are proved."""

    def __init__(self) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def proved(self, fact: str) -> None:
        """Print a fact with the seconds since the start."""
        print(f"ok {time.monotonic() - self._began:6.1f} s  {fact}", flush=True)
