"""Compare with the public package `sweeps` 0.2.0: which configs are accepted, quantiles, grid order, hyperband bands.

    python -m benchmarks.conformance            # from the root of the repository
    python -m benchmarks.conformance --write    # and keep the vectors agreed on as data of the tests

The package is installed into a throw-away environment; it is no dependency of ours. Differences that are meant are
printed with their reasons; any other, and a meant one that is none any more, ends the script with code 1.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.conformance_cases import BANDS, CONFIGS, GRIDS, LAWS, UNITS, Case
from sweeps_app.search.distributions import DISTRIBUTIONS, json_key
from sweeps_app.search.schema import check_config
from sweeps_app.search.space import space_from_config
from sweeps_app.stopping.decide import rule_of

PACKAGE = "sweeps==0.2.0"
DATA = Path(__file__).parents[1] / "tests" / "unit" / "search" / "data" / "conformance.json"


def is_accepted(config: dict[str, Any]) -> bool:
    """Tell whether we take a config."""
    return check_config(config).config is not None


def quantiles(config: dict[str, Any]) -> list[Any]:
    """Return our value at each of `UNITS`."""
    law = DISTRIBUTIONS[config["distribution"]].from_config(config)
    return [law.quantile(u) for u in UNITS]


def grid(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all our grid points in order."""
    checked = check_config({"method": "grid", "parameters": parameters})
    assert checked.config is not None, checked.problems
    space = space_from_config(checked.config)
    assert space.grid is not None
    return [space.config_of(space.grid.at(number)) for number in range(space.grid.count)]


def bands(early_terminate: dict[str, Any]) -> list[int]:
    """Return our bands of hyperband."""
    return list(rule_of({"type": "hyperband", **early_terminate}, "minimize").bands)


def same_numbers(ours: Sequence[Any], theirs: Sequence[Any]) -> bool:
    """Tell whether two lists of values agree to 1e-6."""
    return len(ours) == len(theirs) and all(
        math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) if isinstance(a, int | float) else a == b
        for a, b in zip(ours, theirs, strict=True)
    )


def same_bands(ours: list[int], theirs: list[int]) -> bool:
    """Tell whether the bands agree; the package repeats some, and stops after a hundred."""
    distinct = sorted(set(theirs))
    return ours[: len(distinct)] == distinct[: len(ours)]


def reference(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the package's answers, from an environment that is made for them and removed."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", PACKAGE], check=True)
        script = Path(__file__).parent / "conformance_reference.py"
        run = subprocess.run(
            [python, "-W", "ignore", script], input=json.dumps(asked), capture_output=True, text=True, check=True
        )
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


class Comparison:
    """Counts what agrees, prints what does not, and keeps the vectors agreed on."""

    def __init__(self) -> None:
        self.unexpected = 0
        self.agreed: dict[str, list[dict[str, Any]]] = {}

    def run(
        self, kind: str, cases: Sequence[Case], ours: Callable[[Any], Any], theirs: Sequence[Any], same: Callable
    ) -> None:
        """Compare all cases of one kind."""
        agreed, meant = [], 0
        for case, answer in zip(cases, theirs, strict=True):
            own = ours(case.config)
            if same(own, answer):
                agreed.append({"config": case.config, "answer": answer})
                self._check(case, kind, own, answer, is_right=not case.differs)
            else:
                meant += bool(case.differs)
                self._check(case, kind, own, answer, is_right=bool(case.differs))
        self.agreed[kind] = agreed
        print(f"{kind}: {len(agreed)} of {len(cases)} agree, {meant} differ on purpose\n")

    def _check(self, case: Case, kind: str, own: Any, answer: Any, *, is_right: bool) -> None:
        if is_right and not case.differs:
            return
        self.unexpected += not is_right
        verdict = "on purpose: " + case.differs if is_right else "UNEXPECTED"
        print(f"{kind} {json.dumps(case.config)}\n  ours {own}\n  theirs {answer}\n  {verdict}")


def main() -> int:
    """Compare, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {DATA.name}")
    options = parser.parse_args()
    kinds = {"configs": CONFIGS, "laws": LAWS, "grids": GRIDS, "bands": BANDS}
    theirs = reference({kind: [case.config for case in cases] for kind, cases in kinds.items()} | {"units": UNITS})
    comparison = Comparison()
    comparison.run("configs", CONFIGS, is_accepted, theirs["configs"], lambda a, b: a == b)
    comparison.run("laws", LAWS, quantiles, theirs["laws"], same_numbers)
    comparison.run("grids", GRIDS, grid, theirs["grids"], lambda a, b: json_key(a) == json_key(b))
    comparison.run("bands", BANDS, bands, theirs["bands"], same_bands)
    if options.write:
        DATA.parent.mkdir(parents=True, exist_ok=True)
        DATA.write_text(json.dumps({"package": PACKAGE, "units": UNITS, **comparison.agreed}, indent=1) + "\n")
    print(f"{comparison.unexpected} unexpected differences")
    return 1 if comparison.unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
