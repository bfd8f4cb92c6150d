"""What may be logged beside numbers and texts: images, histograms, tables."""
