"""Commands that end by themselves."""

import subprocess
import sys

from tests.sdk.script import ROOT


def manage(*arguments, **environment):
    """Return the exit code of a management command and the lines of its standard error."""
    return finished([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment)


def finished(command, **options):
    """Return the exit code of a command and the lines of its standard error."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)
    return done.returncode, done.stderr.splitlines()
