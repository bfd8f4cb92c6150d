"""The version of the SDK and the server."""

__version__ = "0.1.0"
