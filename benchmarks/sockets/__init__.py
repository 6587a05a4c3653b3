"""Many sockets on one web process."""
