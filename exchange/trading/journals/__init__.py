"""Reading journals: re-running, comparing, exporting and shipping them. Nothing here writes one."""
