"""The command line of a configuration that a page offers."""

import pytest

from dashboard.command_line import sweep_command


@pytest.mark.parametrize(
    ("sweep", "program", "line"),
    [
        ({}, "", "--lr=0.1"),
        ({"program": "train.py"}, "other.py", "python train.py --lr=0.1"),
        ({}, "my train.py", "python 'my train.py' --lr=0.1"),
        (
            {"program": "t.py", "command": ["${env}", "python3", "${program}", "--rate", "${lr}"]},
            "",
            "/usr/bin/env python3 t.py --rate 0.1",
        ),
        ({"program": "t.py", "command": ["${program}", "${missing}"]}, "", ""),
    ],
)
def test_a_line_says_what_an_agent_would_run(sweep, program, line):
    assert sweep_command(sweep, {"lr": 0.1}, program) == line
