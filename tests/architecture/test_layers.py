"""Imports point down only: each layer may import the ones below it, and never a layer beside or above."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# layer -> what of ours it may import
PURE = {"search", "stopping", "analysis", "columns", "query"}
LAYERS: dict[str, set[str]] = {
    "sweeps_app.search": {"sweeps_app.search"},
    "sweeps_app.stopping": {"sweeps_app.stopping"},
    "sweeps_app.analysis": {"sweeps_app.analysis"},
    "sweeps_app.columns": {"sweeps_app.columns"},
    "sweeps_app.sources": {"sweeps_app.sources"},
    "sweeps_app.query": {"sweeps_app.query"},
    "sweeps_app.errors": set(),
    "sweeps_app.json_values": {"sweeps_app.errors"},
    "sweeps_app.models": {"sweeps_app.models", "sweeps_app.errors"},
}
_PURE = {f"sweeps_app.{name}" for name in PURE} | {"sweeps_app.errors", "sweeps_app.json_values"}
LAYERS["sweeps_app.selectors"] = {"sweeps_app.selectors", "sweeps_app.models"} | _PURE
LAYERS["sweeps_app.services"] = LAYERS["sweeps_app.selectors"] | {
    "sweeps_app.services",
    "sweeps_app.sources",
    "sweeps_app.config",
}
_BELOW_DOORS = LAYERS["sweeps_app.services"]
LAYERS["sweeps_app.api"] = _BELOW_DOORS | {"sweeps_app.api", "sweepdeck._version"}
LAYERS["sweeps_app.wandb_api"] = _BELOW_DOORS | {"sweeps_app.wandb_api"}
LAYERS["sweeps_app.admin"] = _BELOW_DOORS | {"sweeps_app.admin"}
LAYERS["sweeps_app.importers"] = _BELOW_DOORS | {"sweeps_app.importers"}
LAYERS["dashboard.charts"] = {"dashboard.charts", "sweeps_app.selectors"} | _PURE
# The editor shows the very command line that an agent would start, reports their version.
LAYERS["dashboard"] = _BELOW_DOORS | {
    *("dashboard", "sweepdeck._launch.macros", "sweepdeck._errors", "sweepdeck._version"),
}
LAYERS["sweepdeck"] = {"sweepdeck"}
LAYERS["sweeps_app.programs"] = {"sweeps_app.programs", "sweepdeck"}
LAYERS["sweeps_app.supervisor"] = {"sweeps_app.supervisor"}

PURE_LIBRARIES = set(sys.stdlib_module_names) | {
    "numpy",
    "scipy",
    "sklearn",
    "threadpoolctl",
    "pyarrow",
    "zstandard",
    "yaml",
    "optuna",
    "cmaes",
    "moocore",
}
SDK_LIBRARIES = set(sys.stdlib_module_names) | {"urllib3", "IPython"}
# What is used only where it is installed, by the files that may.
SDK_EXTRAS = {
    "sweepdeck/_system/machine.py": {"psutil", "pynvml"},
    "sweepdeck/_cli/sweep_file.py": {"yaml"},
}


def _files(layer: str) -> list[Path]:
    path = ROOT / layer.replace(".", "/")
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "sweepdeck"}
    return found


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in ("sweeps_app", "dashboard", "sweepdeck")


def _within(module: str, allowed: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_what_is_below_it(layer):
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in _files(layer)
        for module in _imports(path)
        if _is_ours(module) and not _within(module, LAYERS[layer])
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(PURE))
def test_pure_packages_know_no_django_clock_or_global_random(name):
    for path in _files(f"sweeps_app.{name}"):
        modules = {module for module in _imports(path) if not _is_ours(module)}
        assert {m.split(".")[0] for m in modules} <= PURE_LIBRARIES, path
        assert not modules & {"time", "datetime", "random", "secrets", "uuid"}, path
        assert "np.random.seed" not in path.read_text(), path


def test_the_sdk_needs_nothing_but_urllib3():
    for path in _files("sweepdeck"):
        modules = {module.split(".")[0] for module in _imports(path) if not _is_ours(module)}
        extras = {"click"} if path.parent.name == "_cli" else set()
        assert modules <= SDK_LIBRARIES | extras | SDK_EXTRAS.get(str(path.relative_to(ROOT)), set()), path


def test_no_signals():
    for package in ("sweeps_app", "dashboard"):
        for path in _files(package):
            assert not {m for m in _imports(path) if m.startswith("django.db.models.signals")}, path
            assert "django.dispatch" not in _imports(path), path
