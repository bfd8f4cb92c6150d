"""What is measured of a machine: the client's names and units, and ours."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_PREFIX = "system."
_BYTES_MB = 1 / 2**20
_BYTES_GB = 1 / 2**30
_MB_GB = 1 / 2**10

# The client's name, ours, and by what a value is to be multiplied.
_NAMES = (
    ("cpu", "process.cpu", 1.0),
    ("proc.cpu.threads", "process.threads", 1.0),
    ("memory_percent", "memory", 1.0),
    ("memory", "memory", 1.0),
    ("proc.memory.rssMB", "process.memory_gb", _MB_GB),
    ("disk", "disk", 1.0),
    ("disk./.usagePercent", "disk", 1.0),
    ("network.sent", "network.sent_mb", _BYTES_MB),
    ("network.recv", "network.received_mb", _BYTES_MB),
)
_GPU = (
    ("gpu", "", 1.0),
    ("memoryAllocated", ".memory", 1.0),
    ("memoryAllocatedBytes", ".memory_gb", _BYTES_GB),
    ("temp", ".temperature", 1.0),
    ("powerWatts", ".power_w", 1.0),
)
_GPU_THEIRS = re.compile(r"gpu\.(\d+)\.(\w+)")
_GPU_OURS = re.compile(r"gpu\.(\d+)((?:\.\w+)?)")
_TO_OURS = {theirs: (ours, factor) for theirs, ours, factor in _NAMES}
_TO_THEIRS = {ours: (theirs, factor) for theirs, ours, factor in reversed(_NAMES)}
_GPU_TO_OURS = {theirs: (ours, factor) for theirs, ours, factor in _GPU}
_GPU_TO_THEIRS = {ours: (theirs, factor) for theirs, ours, factor in _GPU}


def read_sample(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of measurements under our names."""
    return {
        ours: _scaled(value, factor)
        for name, value in row.items()
        if name != "_wandb"
        for ours, factor in [_translated(name, _ours)]
    }


def write_sample(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of measurements under the client's names."""
    return {
        theirs if name.startswith("_") else f"{_PREFIX}{theirs}": _scaled(value, 1 / factor)
        for name, value in row.items()
        for theirs, factor in [_translated(name, _theirs)]
    }


def _translated(name: str, by: Callable[[str], tuple[str, float]]) -> tuple[str, float]:
    return (name, 1.0) if name.startswith("_") else by(name.removeprefix(_PREFIX))


def _ours(name: str) -> tuple[str, float]:
    card = _GPU_THEIRS.fullmatch(name)
    if card and card[2] in _GPU_TO_OURS:
        ending, factor = _GPU_TO_OURS[card[2]]
        return f"gpu.{card[1]}{ending}", factor
    return _TO_OURS.get(name, (name, 1.0))


def _theirs(name: str) -> tuple[str, float]:
    card = _GPU_OURS.fullmatch(name)
    if card and card[2] in _GPU_TO_THEIRS:
        name, factor = _GPU_TO_THEIRS[card[2]]
        return f"gpu.{card[1]}.{name}", factor
    return _TO_THEIRS.get(name, (name, 1.0))


def _scaled(value: Any, factor: float) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value * factor if is_number and factor != 1.0 else value
