"""Runs the program of a sweep: each run as a process of its own, as many at once as are wanted."""
