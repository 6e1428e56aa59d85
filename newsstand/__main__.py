"""Starts the newsstand from the command line: `python -m newsstand`."""

import argparse
import errno
import sys
from datetime import date

from newsstand.server import Newsstand


def main() -> int:
    """Serve until interrupted; answers the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m newsstand",
        description="Serve the made-up publishers of the newsstand on one loopback port.",
    )
    parser.add_argument("--port", type=int, default=8010, help="port on 127.0.0.1 (8010)")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day that all dates are counted back from (today, UTC)",
    )
    parser.add_argument(
        "--corrected", action="store_true", help="serve the corrected article as corrected"
    )
    parser.add_argument(
        "--hostile", action="store_true", help="also serve hostile.localhost, for tests"
    )
    given = parser.parse_args()
    try:
        stand = Newsstand(given.port, given.today, corrected=given.corrected, hostile=given.hostile)
    except (OSError, OverflowError) as error:
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "is in use by another program" if in_use else f"cannot be opened ({error})"
        print(f"newsstand: port {given.port} {reason}; choose one with --port", file=sys.stderr)
        return 1
    print(
        f"The newsstand is at http://127.0.0.1:{stand.port}/ "
        f"({len(stand.publishers)} publishers, {len(stand.pages)} pages). Ctrl-C stops it.",
        flush=True,
    )
    try:
        stand.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        stand.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
