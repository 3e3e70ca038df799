"""``python3 -m scripts <command>``, also ``python3 scripts <command>``."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

if not __package__:  # called by path, from any folder
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from scripts import commands
from scripts.progress import Fault, complain


def main() -> int:
    """Run one command; faults become one line and exit code 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers stop with us
    try:
        return commands.run(sys.argv[1:])
    except Fault as fault:
        complain(f"error: {fault}")
        return 1
    except KeyboardInterrupt:
        complain("interrupted; call again to continue")
        return 130


if __name__ == "__main__":
    sys.exit(main())
