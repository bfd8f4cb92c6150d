"""What the pages' ES modules become on their way to the browser."""
