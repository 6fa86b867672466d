"""The history of the schema, in one line."""
