"""The sweep editor: what a text says and where, what it would do and cost, and where a new sweep starts from."""
