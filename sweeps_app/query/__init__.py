"""The query language of run tables: text to typed conditions, names of columns, completion; docs/runs-table.md."""
