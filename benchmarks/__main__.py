"""All benchmarks, one after the other, or one of them with its options.

python -m benchmarks [engine | worker | takeover | ack] [options, see --help of each]
"""

import subprocess
import sys

NAMES = ("engine", "worker", "takeover", "ack")


def main() -> int:
    """Run what was asked for; return the first exit status that is not 0."""
    name, *options = sys.argv[1:] or ["all"]
    if name not in {"all", *NAMES}:
        print(f"There is no benchmark {name!r}: name one of {', '.join(NAMES)}, then its options.")
        return 2
    for one in NAMES if name == "all" else (name,):
        command = [sys.executable, "-m", f"benchmarks.{one}", *options]
        status = subprocess.run(command, check=False).returncode
        if status:
            return status
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
