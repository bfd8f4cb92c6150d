"""What charts show: for each, rows become plain numbers first, and only then a figure."""
