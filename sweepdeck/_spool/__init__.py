"""What a run has to tell, kept on disk until the server has it: rows, changes and the end, in files of records."""
