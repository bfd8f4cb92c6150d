"""Readings of machine and process by psutil."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

GIGABYTE, MEGABYTE = 1e9, 1e6
# These have grown since the machine was started; of a run they say how much it has grown meanwhile.
GROWING = ("disk.read_mb", "disk.write_mb", "network.sent_mb", "network.received_mb")

Values = dict[str, float]


class Machine:
    """Reads what psutil knows. Raises `ImportError` where there is no psutil.

    Percentages of processors are those since the reading before; the first reading has none.
    """

    def __init__(self) -> None:
        import psutil

        self._psutil = psutil
        self._process = psutil.Process()
        self._has_cpu = False

    def read(self) -> Values:
        """Return what can be read at present."""
        values: Values = {}
        for reading in (self._cpu, self._memory, self._of_process, self._disk, self._disk_traffic, self._network):
            values.update(_read(reading))
        return values

    def _cpu(self) -> Values:
        has_cpu, self._has_cpu = self._has_cpu, True
        values = {"cpu": self._psutil.cpu_percent(None), "process.cpu": self._process.cpu_percent(None)}
        return values if has_cpu else {}

    def _memory(self) -> Values:
        memory = self._psutil.virtual_memory()
        return {"memory": memory.percent, "memory.used_gb": (memory.total - memory.available) / GIGABYTE}

    def _of_process(self) -> Values:
        with self._process.oneshot():
            memory_gb = self._process.memory_info().rss / GIGABYTE
            return {"process.memory_gb": memory_gb, "process.threads": self._process.num_threads()}

    def _disk(self) -> Values:
        return {"disk": self._psutil.disk_usage(os.getcwd()).percent}  # noqa: PTH109 (the loop needs no Path)

    def _disk_traffic(self) -> Values:
        traffic = self._psutil.disk_io_counters()
        if traffic is None:
            return {}
        return {"disk.read_mb": traffic.read_bytes / MEGABYTE, "disk.write_mb": traffic.write_bytes / MEGABYTE}

    def _network(self) -> Values:
        traffic = self._psutil.net_io_counters()
        return {"network.sent_mb": traffic.bytes_sent / MEGABYTE, "network.received_mb": traffic.bytes_recv / MEGABYTE}


class Cards:
    """Reads NVIDIA's graphics cards. Raises `ImportError`, or NVML's own error where there is no card."""

    def __init__(self) -> None:
        import pynvml

        self._nvml: Any = pynvml
        pynvml.nvmlInit()
        self._cards = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]

    def read(self) -> Values:
        """Return what the cards tell; a card need not know everything."""
        values: Values = {}
        for number, card in enumerate(self._cards):
            name = f"gpu.{number}"
            for reading in (self._load, self._memory, self._temperature, self._power):
                values.update({name + rest: value for rest, value in _read(partial(reading, card)).items()})
        return values

    def _load(self, card: Any) -> Values:
        return {"": float(self._nvml.nvmlDeviceGetUtilizationRates(card).gpu)}

    def _memory(self, card: Any) -> Values:
        memory = self._nvml.nvmlDeviceGetMemoryInfo(card)
        return {".memory": 100.0 * memory.used / memory.total, ".memory_gb": memory.used / GIGABYTE}

    def _temperature(self, card: Any) -> Values:
        return {".temperature": float(self._nvml.nvmlDeviceGetTemperature(card, self._nvml.NVML_TEMPERATURE_GPU))}

    def _power(self, card: Any) -> Values:
        return {".power_w": self._nvml.nvmlDeviceGetPowerUsage(card) / 1000}


def readers() -> list[Callable[[], Values]]:
    """Return what can be read on this machine; nothing where the packages are missing."""
    found: list[Callable[[], Values]] = []
    for kind in (Machine, Cards):
        with suppress(Exception):
            found.append(kind().read)
    return found


def _read(reading: Callable[[], Values]) -> Values:
    # A value that cannot be read, for whatever reason, is no reason to disturb a training.
    try:
        return reading()
    except Exception:
        return {}
