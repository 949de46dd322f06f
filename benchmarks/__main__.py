"""usage: script/bench [name] [--json]; without a name it lists what there is."""

import argparse
from pathlib import Path
import sys

from . import balance, durability, latency, meter, ocpp, plan, ui

_OTHERS = {"meter": meter, "ocpp": ocpp, "ui": ui}
_BENCHMARKS = {
    "balance": balance,
    "durability": durability,
    "latency": latency,
    "plan": plan,
    **_OTHERS,
}
_SEED, _DAYS = 20260114, 2


def main() -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(_BENCHMARKS))
    parser.add_argument("--json", action="store_true", help="figures and goals as JSON")
    parser.add_argument(
        "--seed", type=int, default=_SEED, help="balance, durability, plan: of all that is random"
    )
    parser.add_argument("--days", type=int, default=_DAYS, help="balance: winter days in each home")
    parser.add_argument(
        "--kills", type=int, default=durability.KILLS, help="durability: how often to kill"
    )
    parser.add_argument(
        "--events", type=int, default=latency.EVENTS, help="latency: overloads of each scenario"
    )
    parser.add_argument(
        "--prices", type=Path, help="plan: a CSV file of start and NOK per kWh instead of the model"
    )
    parser.add_argument(
        "--sessions", type=Path, help="plan: a CSV file of plug-in, plug-out and kWh instead"
    )
    arguments = parser.parse_args()
    if arguments.days < 1:
        parser.error("--days is at least 1")
    if arguments.events < 1:
        parser.error("--events is at least 1")
    if arguments.kills < 1:
        parser.error("--kills is at least 1")
    if arguments.name is None:
        for name, benchmark in sorted(_BENCHMARKS.items()):
            print(f"{name:<12}{(benchmark.__doc__ or '').splitlines()[0]}")
        return 0
    if arguments.name == "balance":
        balance.run(as_json=arguments.json, seed=arguments.seed, days=arguments.days)
    elif arguments.name == "durability":
        durability.run(as_json=arguments.json, seed=arguments.seed, kills=arguments.kills)
    elif arguments.name == "latency":
        latency.run(as_json=arguments.json, events=arguments.events)
    elif arguments.name == "plan":
        plan.run(
            as_json=arguments.json,
            seed=arguments.seed,
            prices_file=arguments.prices,
            sessions_file=arguments.sessions,
        )
    else:
        _OTHERS[arguments.name].run(as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
