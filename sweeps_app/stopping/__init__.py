"""Early stopping rules: pure functions from histories to decisions."""
