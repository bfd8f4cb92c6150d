"""Training scripts that workers may run as agents; they know the SDK and nothing else of ours."""
