"""Finds the `agentcore` binary and runs it: its stdout is one JSON document, its stderr is passed on while it works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from threading import Thread
from typing import IO, Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

PACKAGE = "agentcore"
# Exit statuses: wrong arguments, a caller whom the agent refused, AWS credentials. The others are failures.
REFUSED = (2, 3, 4)
# Seconds in which the binary of an interrupted cell ends by itself, if the interrupt reached it too.
OWN_END = 2


class AgentcoreError(Exception):
    """What the binary reports: its message, the service's own words, and what to do next."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        hints = (f"hint: {hint}" for hint in error.get("hints") or ())
        super().__init__("\n".join([error["message"], *(error.get("causes") or ()), *hints]))
        self.exit_status = status
        self.code: Optional[str] = error.get("code")
        self.request_id: Optional[str] = error.get("requestId")
        self._given = (status, error)

    def __reduce__(self) -> Tuple[Any, ...]:
        """For process pools: made again of what it was made of, not of its text."""
        return type(self), self._given


class RefusedError(AgentcoreError, ValueError):
    """Arguments or configuration are wrong, or the caller may not do this; trying again changes nothing."""


class FailedError(AgentcoreError, RuntimeError):
    """Something did not work."""


def binary() -> str:
    """The path of the binary: that of `AGENTCORE_BIN`, of this package, or the first on `PATH`."""
    found = os.environ.get("AGENTCORE_BIN") or _installed() or shutil.which(PACKAGE)
    if not found:
        raise RuntimeError("there is no `agentcore` binary: install the wheel again, or name one in AGENTCORE_BIN")
    path = os.path.abspath(found)
    _check(path)
    return path


def _installed() -> Optional[str]:
    try:
        files = metadata.distribution(PACKAGE).files or []
    except metadata.PackageNotFoundError:
        return None
    paths = (str(file.locate()) for file in files if file.name in (PACKAGE, f"{PACKAGE}.exe"))
    return next((os.path.normpath(path) for path in paths if os.path.isfile(path)), None)


@lru_cache(maxsize=None)
def _check(path: str) -> None:
    """Other programs have this name too, the starter toolkit's for one, and overwrite each other where both are installed."""
    try:
        answer = subprocess.run([path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise RuntimeError(f"`{path}` does not run ({error}); install the wheel again, or set AGENTCORE_BIN") from error
    found = re.fullmatch(r"agentcore (\d+\.\d+)\.\S+", answer.stdout.decode(errors="replace").strip())
    if found is None:
        raise RuntimeError(
            f"`{path}` is another program of this name, perhaps the starter toolkit's: install the wheel again, or name "
            "the binary in AGENTCORE_BIN"
        )
    try:
        wanted = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return
    if found.group(1).split(".") != wanted.split(".")[:2]:
        raise RuntimeError(f"`{path}` has version {found.group(1)}, and this module {wanted}: install the wheel again")


def to_stderr(line: str) -> None:
    """Shows a line of progress in the cell that runs."""
    sys.stderr.write(line)
    sys.stderr.flush()


def run(
    arguments: Sequence[str],
    folder: Path,
    stdin: str = "",
    environment: Optional[Dict[str, str]] = None,
    show: Callable[[str], None] = to_stderr,
) -> Any:
    """Runs a command in `folder` and returns `data` of its document. What is secret goes to stdin or the environment."""
    command = [binary(), *arguments, "--output", "json", "--non-interactive"]
    # Before it begins: what is no text ends here, not in a thread for which the binary would wait.
    sent, pipe = stdin.encode(), subprocess.PIPE
    document: List[bytes] = []
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as child:
        assert child.stdin and child.stdout and child.stderr
        to, answer, said = child.stdin, child.stdout, child.stderr
        helpers = [Thread(target=_feed, args=(to, sent), daemon=True)]
        helpers.append(Thread(target=lambda: document.append(answer.read()), daemon=True))
        for helper in helpers:
            helper.start()
        try:
            for line in said:
                show(line.decode(errors="replace"))
            status = child.wait()
        except BaseException:
            helpers.append(Thread(target=lambda: to_stderr(said.read().decode(errors="replace")), daemon=True))
            helpers[-1].start()
            _end(child)
            raise
        finally:
            for helper in helpers:
                helper.join()
    return _data(arguments[0], status, b"".join(document))


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Lets the binary of an interrupted cell stop what it began; who interrupts once more does not wait for that."""
    try:
        try:
            # A kernel's interrupt reaches the binary as well, and to a second signal it would give up what it is stopping.
            child.wait(OWN_END)
        except subprocess.TimeoutExpired:
            child.terminate()
            child.wait()
    except BaseException:
        child.kill()
        raise


def _feed(stdin: IO[bytes], sent: bytes) -> None:
    try:
        stdin.write(sent)
        stdin.close()
    except OSError:
        pass  # It ended without reading, and its status says why.


def _data(verb: str, status: int, document: bytes) -> Any:
    try:
        answer = json.loads(document)
    except ValueError:
        answer = {"ok": False, "error": {"message": f"`agentcore {verb}` ended with status {status} and without a result"}}
    if answer["ok"]:
        return answer["data"]
    raise (RefusedError if status in REFUSED else FailedError)(status, answer["error"])
