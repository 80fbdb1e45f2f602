"""The console command, before anything of it is imported: Ctrl-C ends it silently from the first
moment. What it does later on is known to ending.py."""

from __future__ import annotations

import os
import signal
from types import FrameType

_STOPPED = 130


def main() -> None:
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # not where whoever started it has it ignored
        signal.signal(signal.SIGINT, _end)
    from ui import cli

    signal.signal(signal.SIGINT, before)
    cli.main()


def _end(number: int, frame: FrameType | None) -> None:
    # No exception: an import that one breaks off may tell of another, or of none.
    os._exit(_STOPPED)


if __name__ == "__main__":
    main()
