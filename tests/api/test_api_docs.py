"""docs/api.md: its commands run in order against a real server, and answer what it says."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings as configured

from sweeps_app.api.errors import MAX_ERRORS
from sweeps_app.api.serializers.base import PageQuery
from sweeps_app.api.serializers.changes import ChangesQuery
from sweeps_app.api.serializers.console import MAX_PAGE_LINES
from sweeps_app.api.serializers.history import MAX_PAGE_ROWS
from sweeps_app.columns.rows import MAX_METRICS, MAX_NAME
from sweeps_app.columns.wire import MAX_ROWS as MAX_COLUMN_ROWS
from sweeps_app.json_values import MAX_DEPTH
from sweeps_app.selectors.runs import MAX_PAGE_SIZE
from sweeps_app.services.console import MAX_LINE, MAX_LINES
from sweeps_app.services.files import MAX_PATH
from sweeps_app.services.ingest import MAX_ROWS
from sweeps_app.services.keys import key_create
from sweeps_app.services.posting import MAX_POSTED
from sweeps_app.services.reconcile import AGENT_TIMEOUT
from sweeps_app.services.runs import MAX_CONFIG_KEYS
from sweeps_app.services.summary import MAX_SUMMARY_KEYS
from tests.api.live import served
from tests.factories import make_user

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "api.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
MARK = "--- the next block ---"


def _commands_and_answers() -> list[tuple[str, str]]:
    """Return each block of commands with what it is said to print."""
    pairs = []
    for number, (kind, text) in enumerate(BLOCKS):
        if kind == "sh":
            following = BLOCKS[number + 1] if number + 1 < len(BLOCKS) else ("sh", "")
            pairs.append((text, "" if following[0] == "sh" else following[1]))
    return pairs


@pytest.fixture
def printed(tmp_path):
    """Return what each block prints, run one after the other in one shell, in a folder like that of a checkout."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "api_key").write_text(key_create(user=make_user("ada"), name="docs")[1])
    with served() as address:
        commands = f"\nprintf '\\n{MARK}\\n'\n".join(command for command, _ in _commands_and_answers())
        script = "set -eu\n" + commands.replace("http://127.0.0.1:8000", address)
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.split(MARK)


def _differences(said: Any, answer: Any, path: str = "") -> list[str]:
    """Return where an answer is not what the page says: fields may be left out, and `…` is anything but null."""
    if said == "…" and answer is not None:
        return []
    if isinstance(said, dict) and said and isinstance(answer, dict):
        missing = [f"{path}.{name} is missing" for name in said if name not in answer]
        common = [name for name in said if name in answer]
        return missing + [d for name in common for d in _differences(said[name], answer[name], f"{path}.{name}")]
    if isinstance(said, list) and isinstance(answer, list) and len(said) == len(answer):
        pairs = enumerate(zip(said, answer, strict=True))
        return [d for i, (one, other) in pairs for d in _differences(one, other, f"{path}[{i}]")]
    return [] if said == answer else [f"{path}: {said!r} is said, {answer!r} comes"]


@pytest.mark.django_db(transaction=True)
def test_the_commands_answer_what_the_page_says(printed):
    pairs = _commands_and_answers()
    assert len(printed) == len(pairs) > 15
    for (command, said), answer in zip(pairs, printed, strict=True):
        if said.startswith("{"):
            assert _differences(json.loads(said), json.loads(answer)) == [], command
        else:
            assert answer.strip() == said.strip(), command


def test_differences_are_seen():
    assert _differences({"a": "…", "b": [1], "c": {}}, {"a": 3, "b": [1], "c": {}, "d": 4}) == []
    assert len(_differences({"a": "…", "b": [1], "c": {}, "d": 1}, {"a": None, "b": [1, 2], "c": {"x": 1}})) == 4


def test_every_address_that_the_page_names_exists():
    schema = yaml.safe_load((DOCS / "openapi.yaml").read_text())["paths"]
    named = re.findall(r"\b(GET|POST|PUT|PATCH) (/[\w/{}-]+)", TEXT)
    assert len(named) > 10
    assert [(method, path) for method, path in named if method.lower() not in schema.get(f"/api/v1{path}", {})] == []


def test_the_limits_are_those_of_the_code():
    limits = dict(re.findall(r"^\| (.+?) \| ([\d,]+)(?: bytes.*)? \|$", TEXT.partition("## Limits")[2], re.MULTILINE))
    assert {name: int(number.replace(",", "")) for name, number in limits.items()} == {
        "body, before and after `Content-Encoding: gzip` or `zstd`": configured.MAX_BODY_BYTES,
        "rows in one batch": MAX_ROWS,
        "rows in one batch of [columns](ingestion.md#sending)": MAX_COLUMN_ROWS,
        "rows in one answer": MAX_PAGE_ROWS,
        "lines of output in one batch, lines in one answer": MAX_LINES,
        "characters of a line": MAX_LINE,
        "a file": configured.MAX_FILE_BYTES,
        "characters of a file's path": MAX_PATH,
        "metrics of a run": MAX_METRICS,
        "characters of a metric's name": MAX_NAME,
        "keys of a config, keys of a summary": MAX_CONFIG_KEYS,
        "levels of nesting": MAX_DEPTH,
        "things on one page, things in one answer of changes": MAX_PAGE_SIZE,
        "posted suggestions in one request": MAX_POSTED,
        "problems told at once": MAX_ERRORS,
    }
    assert (MAX_CONFIG_KEYS, MAX_LINES) == (MAX_SUMMARY_KEYS, MAX_PAGE_LINES)
    assert PageQuery().fields["page_size"].max_value == ChangesQuery().fields["limit"].max_value == MAX_PAGE_SIZE
    assert (AGENT_TIMEOUT.total_seconds(), configured.RUN_TIMEOUT_SECONDS) == (120, 300)
