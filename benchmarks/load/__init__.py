"""The whole path under load: processes, bots, flow, figures. `python -m benchmarks.load`."""
