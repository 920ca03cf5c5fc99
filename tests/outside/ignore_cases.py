"""The table of ignore rules in `src/project/ignore/cases.txt`, and what a container engine makes of one of its cases."""

import io
import json
import os
import re
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from world import ROOT

TABLE = ROOT / "src/project/ignore/cases.txt"


@dataclass
class Case:
    line: int
    rules: str = ""
    # Path, whether it stays, and who has it the other way round (`old`, `classic`).
    paths: list[tuple[str, bool, set[str]]] = field(default_factory=list)


def read() -> list[Case]:
    cases = [Case(1)]
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").split("\n"), 1):
        case = cases[-1]
        if line == "=":
            cases.append(Case(number + 1))
        elif line.startswith("|"):
            case.rules += line[1:].replace("<BOM>", "\ufeff").replace("<CR>", "\r") + "\n"
        elif line.startswith(("+ ", "- ")):
            path, *unlike = line[2:].split("  !")
            assert set(unlike) <= {"old", "classic"}, f"{TABLE}:{number}: {line!r}"
            case.paths.append((path, line[0] == "+", set(unlike)))
        else:
            assert not line or line.startswith("#"), f"{TABLE}:{number}: {line!r}"
    return cases


def trees(paths: list[str]) -> list[list[str]]:
    """The paths in as few groups as needed so that no path is a file and a folder in one group."""
    groups: list[list[str]] = []
    for path in paths:
        for group in groups:
            if not any(other.startswith(path + "/") or path.startswith(other + "/") for other in group):
                group.append(path)
                break
        else:
            groups.append([path])
    return groups


@dataclass
class Builder:
    """A docker client and the builder that it is to use."""

    client: str
    version: tuple[int, int]
    buildkit: bool

    def has_it_differently(self, who: set[str]) -> bool:
        old = self.version < (23, 0)
        return ("old" in who and old) or ("classic" in who and (old or not self.buildkit))

    def docker(self, *args) -> bytes:
        env = os.environ | {"DOCKER_BUILDKIT": "1" if self.buildkit else "0"}
        done = subprocess.run([self.client, *args], env=env, capture_output=True, timeout=300)
        assert done.returncode == 0, f"{args}: {done.stderr.decode()}"
        return done.stdout


def clients() -> list[Builder]:
    """Every `docker` on PATH, the newest first; a machine may have the distribution's beside Docker's own."""
    found = {}
    for folder in os.environ["PATH"].split(os.pathsep):
        path = os.path.realpath(os.path.join(folder, "docker"))
        # The engine's wrapper only adds a flag to one of the others.
        if os.access(path, os.X_OK) and not path.startswith(os.environ.get("ENGINE_BIN", "\0")):
            said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            if match := re.search(r"version (\d+)\.(\d+)", said):
                found[path] = Builder(path, (int(match[1]), int(match[2])), False)
    return sorted(found.values(), key=lambda builder: builder.version, reverse=True)


def with_buildkit() -> Builder | None:
    """A client that can use BuildKit: through buildx, or by itself as those before 23.0 could."""
    for builder in clients():
        buildx = subprocess.run([builder.client, "buildx", "version"], capture_output=True).returncode == 0
        if buildx or builder.version < (23, 0):
            return Builder(builder.client, builder.version, True)
    return None


def copied(builder: Builder, case: Case, paths: list[str], folder: Path) -> tuple[set[str], str]:
    """Which of the files `COPY .` puts into an image, and the image."""
    context = folder / "context"
    for path in paths:
        file = context / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    context.mkdir(exist_ok=True)
    (context / ".dockerignore").write_bytes(case.rules.encode())
    dockerfile = context / "Dockerfile" if "Dockerfile" in paths else folder / "Dockerfile"
    # The folder is a layer also when nothing is copied; an image without one cannot be saved.
    dockerfile.write_text("FROM scratch\nCOPY . /case/\n")
    image = builder.docker("build", "--quiet", "--file", dockerfile, context).decode().strip()
    found = {name.removeprefix("case/") for name in files_of(builder.docker("save", image))}
    return found & set(paths), image


def files_of(saved: bytes) -> set[str]:
    """The regular files in all layers of a saved image."""
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        [image] = json.load(archive.extractfile("manifest.json"))
        names = set()
        for layer in image["Layers"] or []:
            with tarfile.open(fileobj=io.BytesIO(archive.extractfile(layer).read())) as files:
                names |= {member.name.removeprefix("./") for member in files if member.isfile()}
    return names
