"""Starts the server's processes, restarts those that die, and ends them together; standard library only."""
