"""Runs of other tools become runs of a project, by the services that clients use: see docs/importing.md."""
