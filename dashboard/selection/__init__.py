"""What is selected on a sweep's page: read from its address, told in words, handed on to a new sweep."""
