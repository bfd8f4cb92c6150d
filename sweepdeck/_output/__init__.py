"""What a program prints while a run is open, line by line."""
