"""What the fields of the schema hold, and what the mutations do."""
