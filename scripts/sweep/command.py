"""The command `keras` on files."""

import subprocess

LIMIT = 120  # seconds


class Failed(Exception):
    """The command ended otherwise than with 0."""

    def __init__(self, action, status, message):
        self.action, self.status, self.message = action, status, message
        kind = "refused" if status in (1, 64) else "hangs" if status is None else f"crashes ({status})"
        super().__init__(f"{action} {kind}: {message}")


class Command:
    def __init__(self, path):
        self.path = path

    def run(self, action, *arguments):
        try:
            words = [self.path, action, *map(str, arguments)]
            done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, errors="replace")
        except subprocess.TimeoutExpired:
            raise Failed(action, None, "") from None
        if done.returncode != 0:
            lines = [line for line in done.stderr.strip().splitlines() if not line.startswith("warning:")]
            raise Failed(action, done.returncode, (lines or [""])[-1][:400])
        return done.stderr
