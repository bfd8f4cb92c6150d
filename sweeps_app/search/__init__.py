"""Search over a space of configurations: check a sweep's config, decode points, suggest the next trial.

Pure: no Django, no clock, no global random state. The same request gives the same suggestion on any machine.
"""
