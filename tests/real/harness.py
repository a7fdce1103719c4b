"""Named checks with a time limit, each printing a line that `run` counts."""

import asyncio
import sys
import traceback

SIZES = [0, 1, 125, 126, 65535, 65536, 1 << 20, 1 << 24]


def text(size):
    """Text of exactly `size` bytes in UTF-8, with characters of 1 to 4 bytes."""
    return "aé€😀" * (size // 10) + "x" * (size % 10)


def binary(size):
    block = bytes((i * 31 + (i >> 8)) & 0xFF for i in range(1 << 16))
    return (block * (size // len(block) + 1))[:size]


def equal(actual, expected, what="value"):
    if actual != expected:
        raise AssertionError(f"{what} is {actual!r:.200}, not {expected!r:.200}")


class Suite:
    def __init__(self, name):
        self.name = name
        self.failed = 0

    async def check(self, title, body, seconds=60):
        """Awaits `body()` and prints how it went."""
        try:
            await asyncio.wait_for(body(), seconds)
            print(f"ok    {self.name}: {title}", flush=True)
        except Exception:
            self.failed += 1
            why = traceback.format_exc().strip().replace("\n", "\n      ")
            print(f"FAIL  {self.name}: {title}: {why}", flush=True)

    def finish(self):
        sys.exit(1 if self.failed else 0)
