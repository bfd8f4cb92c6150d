"""The graphics cards of this machine that a worker gives to jobs, as CUDA_VISIBLE_DEVICES names them."""

import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress

AUTO, NONE = "auto", "none"
VISIBLE = "CUDA_VISIBLE_DEVICES"
_SECONDS = 20


def worker_gpus(wanted: Sequence[str]) -> list[str]:
    """Return the cards that the setting names: a list, "none", or "auto" for all that this process may use."""
    if list(wanted) == [NONE]:
        return []
    if list(wanted) != [AUTO]:
        return list(dict.fromkeys(wanted))
    visible = os.environ.get(VISIBLE)
    if visible is not None:
        return [card.strip() for card in visible.split(",") if card.strip()]
    return _by_nvml() or _by_command()


def _by_nvml() -> list[str]:
    # Its own errors for a machine without cards or drivers, and no module where it is not installed.
    with suppress(Exception):
        import pynvml

        pynvml.nvmlInit()
        try:
            return [str(number) for number in range(pynvml.nvmlDeviceGetCount())]
        finally:
            pynvml.nvmlShutdown()
    return []


def _by_command() -> list[str]:
    command = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return []
