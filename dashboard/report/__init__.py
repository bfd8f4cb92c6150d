"""A sweep as one HTML file that needs nothing else: to mail, to archive, and what share links show."""
