"""The three addresses that the client speaks to."""
