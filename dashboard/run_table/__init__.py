"""The table of runs on the pages of sweeps and projects: its view in the address, its heads and cells, its groups."""
