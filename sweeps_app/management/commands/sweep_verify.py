"""`manage.py sweep_verify SWEEP`: does the same search, from the same results, suggest the same?"""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sweeps_app.models import Sweep
from sweeps_app.services.verify import Verified, suggestions_verify


class Command(BaseCommand):
    """Make every suggestion of a sweep again and tell which differ."""

    help = "Make every suggestion of a sweep again from its stored results, and tell which differ and why they may."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("sweep", help="the sweep's eight characters")

    def handle(self, *, sweep: str, **_: Any) -> None:
        """Verify; ends with an error where a suggestion differs."""
        found = Sweep.objects.filter(sweep_id=sweep).first()
        if found is None:
            raise CommandError(f"no sweep '{sweep}'")
        counts: Counter[str] = Counter()
        for verified in suggestions_verify(found):
            counts[verified.status] += 1
            if verified.status != "same":
                self.stdout.write(_line(verified))
        told = ", ".join(f"{counts[status]:,} {status}" for status in ("same", "differs", "skipped") if counts[status])
        self.stdout.write(f"{sweep}: {told or 'no suggestions'}")
        if counts["differs"]:
            raise CommandError(f"{counts['differs']:,} suggestions differ")


def _line(verified: Verified) -> str:
    stored = json.dumps(verified.stored, sort_keys=True)
    if verified.status == "skipped":
        return f"suggestion {verified.number}: skipped, {verified.reason}"
    made = json.dumps(verified.made, sort_keys=True)
    return f"suggestion {verified.number}: {verified.reason}\n  handed out {stored}\n  made now   {made}"
