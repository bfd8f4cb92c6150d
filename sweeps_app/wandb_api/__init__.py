"""The door for the client of Weights & Biases: its GraphQL, its file stream and its files, in front of our services."""
