"""All benchmarks, one after the other, or one of them with its options.

python -m benchmarks [engine | worker | takeover | recovery | ack | feed | search | leaderboards |
                     candles | wire | sockets | lossy | rest] [its own --help]
"""

import os
import subprocess
import sys
from pathlib import Path

NAMES = (
    "engine",
    "worker",
    "takeover",
    "recovery",
    "ack",
    "feed",
    "search",
    "leaderboards",
    "candles",
    "wire",
    "sockets",
    "lossy",
    "rest",
)
CLIENT = Path(__file__).resolve().parents[1] / "client" / "src"


def main() -> int:
    """Run what was asked for; return the first exit status that is not 0."""
    name, *options = sys.argv[1:] or ["all"]
    if name not in {"all", *NAMES}:
        print(f"There is no benchmark {name!r}: name one of {', '.join(NAMES)}, then its options.")
        return 2
    for one in NAMES if name == "all" else (name,):
        command = [sys.executable, "-m", f"benchmarks.{one}", *options]
        env = {**os.environ, "PYTHONPATH": str(CLIENT)}
        status = subprocess.run(command, check=False, env=env).returncode
        if status:
            return status
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
