"""The `likely` command."""
