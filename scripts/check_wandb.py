"""Try the newest wandb client from PyPI, and say what it does that the versions we know do not.

Run it by `make check-wandb`. It ends with 1 where anything has changed: a request is new, gone or another, asks
for what we lack, or something does not work.
"""

import ast
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from difflib import ndiff
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sweeps_app.config.settings")

import django  # noqa: E402

django.setup()

from graphql import GraphQLSyntaxError, parse, validate  # noqa: E402

from sweeps_app.wandb_api.graph import schema  # noqa: E402
from tests.wandb_real.clients import ANY, NEWEST, client_package, client_python, client_version  # noqa: E402
from tests.wandb_real.running import results  # noqa: E402

_DOCUMENT = re.compile(r"\s*(?:#graphql\s*)?(?:query|mutation)\s+(\w+)\s*[({]")
_IN_BINARY = re.compile(rb"\n(?:query|mutation) (\w+) ?[({]")
_LONGEST = 60_000
_LACKS = ("Cannot query field", "Unknown type", "Unknown argument")
# Of what the client can do beside runs and sweeps.
_OTHER_PARTS = ("vendor", "artifacts", "automations", "launch", "registries", "reports", "sandbox", "jobs")


def main() -> int:
    """Compare the newest client with the newest one that the tests know; return the exit code."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ANY
    python = client_python(wanted)
    known, found = documents(client_package(client_python(NEWEST))), documents(client_package(python))
    print(f"wandb {client_version(python)}, beside {NEWEST}, which the tests know: {len(found)} requests", flush=True)
    changes = list(differences(known, found))
    lacking = {name: missing for name in found if (missing := lacks(found[name])) and missing != lacks(known.get(name))}
    for line in changes or ["no request is new, gone or changed"]:
        print(f"  {line}")
    for name, missing in sorted(lacking.items()):
        print(f"  {name} asks for what we lack: {'; '.join(missing)}")
    with tempfile.TemporaryDirectory() as folder:
        tried = results({"newest": python}, Path(folder))["newest"]
    failed = {name: reason for name, reason in tried.items() if reason}
    print(f"  {len(tried) - len(failed)} of {len(tried)} things work")
    for name, reason in failed.items():
        print(f"  does not work: {name}: {reason}")
    return 1 if changes or lacking or failed else 0


def differences(known: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """Yield lines that say which requests are new, gone or changed, and which of their lines."""
    for title, names in (("new", found.keys() - known.keys()), ("gone", known.keys() - found.keys())):
        yield from (f"{title}: {name}" for name in sorted(names))
    for name in sorted(known.keys() & found.keys()):
        before, after = (_lines(texts[name]) for texts in (known, found))
        if before != after:
            yield f"changed: {name}"
            yield from (f"  {line}" for line in ndiff(before, after) if line.startswith(("+ ", "- ")))


def _lines(document: str) -> list[str]:
    """Return the lines of a request, whose spaces mean nothing."""
    return [" ".join(line.split()) for line in document.splitlines() if line.strip()]


def documents(package: Path) -> dict[str, str]:
    """Return the requests that a version of the client has in it, by name."""
    found = {name: text for path in package.rglob("*.py") for name, text in _in_source(path)}
    core = package / "bin" / "wandb-core"
    return found | (dict(_in_binary(core.read_bytes())) if core.is_file() else {})


def lacks(document: str | None) -> list[str]:
    """Return what a request asks for that our schema does not have; nothing for one that is put together later."""
    if document is None:
        return []
    try:
        errors = validate(schema(), parse(document))
    except GraphQLSyntaxError:
        return []
    return [error.message for error in errors if error.message.startswith(_LACKS)]


def _in_source(path: Path) -> Iterator[tuple[str, str]]:
    if any(part in path.parts for part in _OTHER_PARTS):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = _DOCUMENT.match(node.value)
            if match:
                yield match[1], node.value


def _in_binary(data: bytes) -> Iterator[tuple[str, str]]:
    for match in _IN_BINARY.finditer(data):
        text = data[match.start() : match.start() + _LONGEST].decode("utf-8", "replace")
        end = _end(text)
        if end:
            yield match[1].decode(), text[:end].strip()


def _end(text: str) -> int:
    """Return where the braces of a request close."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "}" and depth == 0:
            return place + 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
