"""Files of a run: kept until the server has them, sent beside the rows and never before them."""
