"""The site's programs as processes: started, killed, stopped and looked at."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.browser.sites import ROOT

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Program:
    """One program, which may be started again and again; all its lives share a log."""

    def __init__(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], folder: Path
    ) -> None:
        self.name = name
        self.kind = name.rstrip("0123456789")
        self.log = folder / f"{name}.log"
        self.lives = 0
        self._command = command
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._logged_at = 0

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    def start(self, **more: str) -> None:
        """Start it with further variables."""
        self._logged_at = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env={**self._env, **more},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.lives += 1

    def exit_code(self) -> int | None:
        """How it ended; None while it lives, stopped or not."""
        return None if self._process is None else self._process.poll()

    def is_stopped(self) -> bool:
        """Whether a signal has stopped it."""
        try:
            status = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return False
        return status.rpartition(")")[2].split()[0] == "T"

    def send(self, number: signal.Signals) -> None:
        """Send the program alone a signal."""
        if self.exit_code() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it and whatever it has started as by kill -9, and wait for its end."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def terminate(self, timeout_s: float = 20) -> int:
        """Ask it to end as an operator does; return its exit code. Fails when it does not."""
        self.send(signal.SIGTERM)
        assert self._process is not None
        code = self._process.wait(timeout_s)
        self.kill()
        return code

    def rss_mb(self) -> float:
        """The memory it holds by itself, children left out."""
        resident = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return resident * _PAGE_BYTES / 2**20

    def log_of_life(self) -> str:
        """What it has logged since it was started last."""
        with self.log.open("rb") as log:
            log.seek(self._logged_at)
            return log.read().decode(errors="replace")

    def says(self, words: str, timeout_s: float = 60) -> None:
        """Return once its log since the last start has these words."""
        deadline = time.monotonic() + timeout_s
        while words not in self.log_of_life():
            assert self.exit_code() is None, f"{self.name} ended:\n{self.log_of_life()[-3_000:]}"
            assert time.monotonic() < deadline, f"{self.name} never said {words!r}"
            time.sleep(0.05)
