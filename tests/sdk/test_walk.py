"""docs/agents.md: its walk through works to the letter, against a real server."""

import os
import re
import subprocess
import sys

from tests.sdk.script import ROOT, environment

TEXT = (ROOT / "docs" / "agents.md").read_text().partition("## A walk through")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
MARK = "--- the next block ---"


def _commands_and_answers():
    """Return each block of commands with what it is said to print."""
    pairs = []
    for number, (kind, text) in enumerate(BLOCKS):
        if kind == "sh":
            following = BLOCKS[number + 1] if number + 1 < len(BLOCKS) else ("sh", "")
            pairs.append((text, following[1].strip() if following[0] == "text" else ""))
    return pairs


def test_the_walk_through_works_to_the_letter(real, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "api_key").write_text(real.key)
    pairs = _commands_and_answers()
    commands = f"\nprintf '\\n{MARK}\\n'\n".join(command for command, _ in pairs)
    command = tmp_path / "bin" / "sweepdeck"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sweepdeck "$@"\n')
    command.chmod(0o700)
    told = environment(real.url, real.key, tmp_path)
    done = subprocess.run(
        ["bash", "-c", "set -eu\n" + commands.replace("http://127.0.0.1:8000", real.url)],
        cwd=tmp_path,
        env=told | {"PATH": f"{command.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    logs = [path.read_text() for path in sorted((tmp_path / "walk").glob("*.log"))]
    assert done.returncode == 0, (done.stderr, logs)
    assert [said.strip() for said in done.stdout.split(MARK)] == [said for _, said in pairs], (done.stderr, logs)
