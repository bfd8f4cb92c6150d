"""Which measurements of a machine stand together in a chart."""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Group(NamedTuple):
    """A chart: its key in addresses, its title, the unit of its values, and what it shows."""

    key: str
    title: str
    unit: str
    names: list[str]


# Key, title and unit of each chart, and which names belong to it.
_GROUPS = (
    ("cpu", "CPU", "percent", r"cpu|process\.cpu"),
    ("memory", "Memory", "percent", r"memory"),
    ("memory-gb", "Memory in use", "GB", r"memory\.used_gb|process\.memory_gb"),
    ("threads", "Threads of the process", "threads", r"process\.threads"),
    ("gpu", "GPU", "percent", r"gpu\.\d+"),
    ("gpu-memory", "GPU memory", "percent", r"gpu\.\d+\.memory"),
    ("gpu-memory-gb", "GPU memory in use", "GB", r"gpu\.\d+\.memory_gb"),
    ("gpu-temperature", "GPU temperature", "°C", r"gpu\.\d+\.temperature"),
    ("gpu-power", "GPU power", "watts", r"gpu\.\d+\.power_w"),
    ("disk", "Disk in use", "percent", r"disk"),
    ("disk-traffic", "Disk traffic since the start", "MB", r"disk\.(?:read|write)_mb"),
    ("network", "Network traffic since the start", "MB", r"network\.(?:sent|received)_mb"),
)
_OTHER = "other-"


def system_groups(names: Iterable[str]) -> list[Group]:
    """Return the charts of what was measured, in the order in which they are read; a name of no chart has its own."""
    left = sorted(names, key=_natural)
    groups = []
    for key, title, unit, pattern in _GROUPS:
        found = [name for name in left if re.fullmatch(pattern, name)]
        left = [name for name in left if name not in found]
        if found:
            groups.append(Group(key, title, unit, found))
    return [*groups, *(Group(f"{_OTHER}{name}", name, "", [name]) for name in left)]


def system_group(names: Iterable[str], key: str) -> Group | None:
    """Return the chart with this key, None where nothing of it was measured."""
    return next((group for group in system_groups(names) if group.key == key), None)


def _natural(name: str) -> list[tuple[int, str]]:
    """Return what sorts gpu.2 before gpu.10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in name.split(".")]
