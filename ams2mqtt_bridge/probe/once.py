"""Prints what a source says once."""

import asyncio
from contextlib import aclosing, suppress

from ..pipeline import Pipeline
from ..reporting import describe
from ..sources import Source

# Power, currents and voltages.
_COMPLETE = 2


async def read_once(source: Source, pipeline: Pipeline, timeout: float | None) -> None:
    """Print each list: all of a source that ends, or, with a time-out, until one is complete.

    The time-out is in seconds; the pipeline's counts are the result.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout), aclosing(source.chunks()) as chunks:
            async for chunk in chunks:
                numbers = []
                for meter_list in pipeline.feed(chunk):
                    print(describe(meter_list))
                    numbers.append(meter_list.number)
                if timeout is not None and any(number >= _COMPLETE for number in numbers):
                    return
