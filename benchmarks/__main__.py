"""usage: script/bench [name] [--json]; without a name it lists what there is."""

import argparse
import sys

from . import meter, ocpp_server

_BENCHMARKS = {"meter": meter, "ocpp": ocpp_server}


def main() -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(_BENCHMARKS))
    parser.add_argument("--json", action="store_true", help="figures and goals as JSON")
    arguments = parser.parse_args()
    if arguments.name is None:
        for name, benchmark in sorted(_BENCHMARKS.items()):
            print(f"{name:<10}{(benchmark.__doc__ or '').splitlines()[0]}")
        return 0
    _BENCHMARKS[arguments.name].run(as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
