"""The messages of proto/likely/v1, and how they say what JSON says."""
