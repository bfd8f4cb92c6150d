"""Helpers of the tests: runs that log values in turn, with every rung kept, as the server does it."""

from collections import defaultdict

import numpy as np

from sweeps_app.stopping.rule import Progress


class Board:
    """The rungs of all runs under one rule, and the runs' figures."""

    def __init__(self, rule):
        self.rule = rule
        self.progress = defaultdict(Progress)
        self.rungs = {}

    def observe(self, run, *values):
        """Log values of a run in one batch, and return what they change."""
        observed = self.rule.observe(self.progress[run], np.array(values, dtype=np.float64))
        self.progress[run] = observed.progress
        self.rungs |= {(run, rung.band): rung.value for rung in observed.rungs}
        return observed

    def log(self, run, *values):
        """Log values of a run in one batch, and return the decisions."""
        standings = self.observe(run, *values).standings
        return [self.rule.decide(s, self.peers(run, s.band)) for s in standings]

    def peers(self, run, band):
        """Return what the other runs were worth at a band."""
        return np.sort([value for (other, b), value in self.rungs.items() if b == band and other != run])

    def at(self, band):
        """Return what each run was worth at a band, by run."""
        return {run: value for (run, b), value in self.rungs.items() if b == band}
