"""Finding a schema in data, with a reason for each guess."""
