"""The chart of a market: the line that the server draws, and what its script needs."""
