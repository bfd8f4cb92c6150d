"""The table in docs/wandb.md of what works with which version, as the tests have found it."""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.sdk.script import ROOT
from tests.wandb_real.clients import VERSIONS, client_python
from tests.wandb_real.running import results

PAGE = ROOT / "docs" / "wandb.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
_WORKS, _NOT, _UNTRIED = "yes", "no", "not tried"


def column(found: Mapping[str, str]) -> dict[str, str]:
    """Return how the table shows the results of a version."""
    return {name: _NOT if reason else _WORKS for name, reason in found.items()}


def table(columns: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table: a row for each thing, a column for each version."""
    names = list(dict.fromkeys(name for found in reversed(columns.values()) for name in found))
    head = f"| with wandb | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}\n"
    rows = [f"| {name} | {' | '.join(found.get(name, _UNTRIED) for found in columns.values())} |\n" for name in names]
    return head + "".join(rows)


def read_table(page: str) -> dict[str, dict[str, str]]:
    """Return the columns of the table in the page, without what was not tried."""
    lines = page.partition(BEGIN)[2].partition(END)[0].strip().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    versions = rows[0][1:]
    return {
        version: {row[0]: row[place] for row in rows[2:] if row[place] != _UNTRIED}
        for place, version in enumerate(versions, start=1)
    }


def main() -> None:
    """Try every version, and write what was found into the page; say what does not work, and why."""
    with tempfile.TemporaryDirectory() as folder:
        found = results({version: client_python(version) for version in VERSIONS}, Path(folder))
    for version, said in found.items():
        for name, reason in said.items():
            if reason:
                print(f"{version}: {name}: {reason}", file=sys.stderr)
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    columns = {version: column(said) for version, said in found.items()}
    PAGE.write_text(f"{head}{BEGIN}\n{table(columns)}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
