"""A project as one file: written from a consistent view, and read back as one unit. docs/archive.md has the format."""
