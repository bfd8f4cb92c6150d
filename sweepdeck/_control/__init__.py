"""A sweep decided by the user's own code: what is run next, and what is stopped."""
