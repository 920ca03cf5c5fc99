"""Makes everything that is given away out of the wheels: one binary a platform, compiled once.

    pack.py WHEEL [WHEEL ...] --out DIRECTORY [--repository OWNER/NAME] [--maintainer 'NAME <MAIL>']

The wheels are what `maturin build` makes, with a bill of materials in them. DIRECTORY gets:

    agentcore-VERSION-TARGET.tar.gz, .zip   the binary with its licence, changelog and completions
    agentcore_VERSION_ARCH.deb              for Debian and Ubuntu, where `dpkg-deb` is there
    agentcore-OS-CPU-VERSION.tgz            an npm package for each platform
    agentcore-VERSION.tgz                   the npm package that picks among them
    agentcore.rb, agentcore.json            Homebrew formula and Scoop manifest; with --repository, whose releases they load
    agentcore-VERSION-TARGET.cdx.json       the bills of materials
    SHA256SUMS                              of all of these and of the wheels, which lie beside it as in a release

The same wheels give the same bytes: every time in an archive is SOURCE_DATE_EPOCH, or 0. Python 3.9 without packages.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
TIME = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
SUMMARY = "Deploy AI agents to Amazon Bedrock AgentCore Runtime and call them, with a local sandbox"
LICENSE = "Apache-2.0"
# Beside the binary in every archive. Name in the archive, file of the repository.
DOCUMENTS = {"LICENSE": "LICENSE", "CHANGELOG.md": "CHANGELOG.md"}
COMPLETIONS = {
    "completions/agentcore.bash": "usr/share/bash-completion/completions/agentcore",
    "completions/_agentcore": "usr/share/zsh/vendor-completions/_agentcore",
    "completions/agentcore.fish": "usr/share/fish/vendor_completions.d/agentcore.fish",
}


@dataclass(frozen=True)
class Platform:
    """One machine, in the words of those who name it: Rust, npm, Debian."""

    target: str
    os: str
    cpu: str
    debian: Optional[str] = None

    @property
    def binary(self) -> str:
        return "agentcore.exe" if self.os == "win32" else "agentcore"

    @property
    def npm(self) -> str:
        return f"{self.os}-{self.cpu}"


# By the end of a wheel's platform tag.
PLATFORMS = {
    r"linux.*_x86_64": Platform("x86_64-unknown-linux-gnu", "linux", "x64", "amd64"),
    r"linux.*_aarch64": Platform("aarch64-unknown-linux-gnu", "linux", "arm64", "arm64"),
    r"macosx_.*_x86_64": Platform("x86_64-apple-darwin", "darwin", "x64"),
    r"macosx_.*_arm64": Platform("aarch64-apple-darwin", "darwin", "arm64"),
    r"win_amd64": Platform("x86_64-pc-windows-msvc", "win32", "x64"),
}


class Refused(Exception):
    """What was given cannot be packed, and why."""


@dataclass(frozen=True)
class Wheel:
    path: Path
    version: str
    platform: Platform
    # The oldest GNU C library that the binary runs with, such as `2.17`; None where the wheel does not promise one.
    glibc: Optional[str]
    binary: bytes
    bill: Optional[bytes]


def read_wheel(path: Path) -> Wheel:
    parts = path.name[: -len(".whl")].split("-")
    if path.suffix != ".whl" or len(parts) != 5:
        raise Refused(f"{path.name} is no wheel of this program")
    tag = parts[4]
    # A wheel for several tags names them with dots, the most general last.
    found = [platform for pattern, platform in PLATFORMS.items() if re.search(pattern + r"$", tag)]
    if not found:
        raise Refused(f"{path.name}: no platform is known for the tag `{tag}`")
    promised = re.search(r"manylinux_(\d+)_(\d+)_", tag)
    with zipfile.ZipFile(path) as archive:
        named = {Path(name).name: name for name in archive.namelist() if ".data/scripts/" in name}
        if found[0].binary not in named:
            raise Refused(f"{path.name} has no binary")
        bills = sorted(name for name in archive.namelist() if ".dist-info/sboms/" in name and name.endswith(".json"))
        binary = archive.read(named[found[0].binary])
        bill = archive.read(bills[0]) if bills else None
    glibc = f"{promised[1]}.{promised[2]}" if promised else None
    return Wheel(path, parts[1], found[0], glibc, binary, bill)


def documents() -> Dict[str, bytes]:
    files = {name: (ROOT / source).read_bytes() for name, source in DOCUMENTS.items()}
    files.update({source: (ROOT / source).read_bytes() for source in [*COMPLETIONS, "completions/_agentcore.ps1"]})
    return files


def tarball(path: Path, files: Iterable[Tuple[str, bytes, int]]) -> None:
    """Names, contents and modes, in the order given."""
    with path.open("wb") as out, gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=TIME) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data, mode in files:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode, entry.mtime = len(data), mode, TIME
                tar.addfile(entry, io.BytesIO(data))


def archive(wheel: Wheel, out: Path) -> Path:
    stem = f"agentcore-{wheel.version}-{wheel.platform.target}"
    files = [(wheel.platform.binary, wheel.binary, 0o755)]
    files += [(name, data, 0o644) for name, data in sorted(documents().items())]
    if wheel.platform.os != "win32":
        path = out / f"{stem}.tar.gz"
        tarball(path, [(f"{stem}/{name}", data, mode) for name, data, mode in files])
        return path
    path = out / f"{stem}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data, mode in files:
            entry = zipfile.ZipInfo(f"{stem}/{name}")
            entry.external_attr, entry.compress_type = (0o100000 | mode) << 16, zipfile.ZIP_DEFLATED
            packed.writestr(entry, data)
    return path


def debian_package(wheel: Wheel, out: Path, maintainer: str) -> None:
    assert wheel.platform.debian
    libc = f"libc6 (>= {wheel.glibc})" if wheel.glibc else "libc6"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        put(root / "usr/bin/agentcore", wheel.binary, 0o755)
        for source, target in COMPLETIONS.items():
            put(root / target, (ROOT / source).read_bytes(), 0o644)
        put(root / "usr/share/doc/agentcore/copyright", (ROOT / "LICENSE").read_bytes(), 0o644)
        size = sum(each.stat().st_size for each in root.rglob("*") if each.is_file()) // 1024
        control = [
            "Package: agentcore",
            f"Version: {wheel.version}",
            f"Architecture: {wheel.platform.debian}",
            f"Maintainer: {maintainer}",
            f"Installed-Size: {size}",
            f"Depends: {libc}, libgcc-s1 | libgcc1",
            "Recommends: ca-certificates",
            "Section: devel",
            "Priority: optional",
            f"Description: {SUMMARY}",
        ]
        put(root / "DEBIAN/control", ("\n".join(control) + "\n").encode(), 0o644)
        for folder in [root, *(each for each in root.rglob("*") if each.is_dir())]:
            # Else the umask of who packs would be that of everybody's /usr.
            folder.chmod(0o755)
        name = f"agentcore_{wheel.version}_{wheel.platform.debian}.deb"
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(TIME)}
        command = ["dpkg-deb", "--root-owner-group", "--build", str(root), str(out / name)]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def put(path: Path, data: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def npm_packages(wheels: List[Wheel], out: Path, repository: Optional[str]) -> None:
    """One package a platform, which npm installs where it fits, and the one with the command."""
    version = wheels[0].version
    common = {"version": version, "license": LICENSE}
    if repository:
        common["repository"] = {"type": "git", "url": f"git+https://github.com/{repository}.git"}
    optional = {}
    for wheel in wheels:
        platform = wheel.platform
        name = f"agentcore-{platform.npm}"
        optional[name] = version
        manifest = {
            "name": name,
            **common,
            "description": f"The agentcore binary for {platform.npm}",
            "os": [platform.os],
            "cpu": [platform.cpu],
            **({"libc": ["glibc"]} if platform.os == "linux" else {}),
            "files": ["bin", "LICENSE"],
            "preferUnplugged": True,
        }
        files = [
            ("package/package.json", document(manifest), 0o644),
            ("package/LICENSE", (ROOT / "LICENSE").read_bytes(), 0o644),
            (f"package/bin/{platform.binary}", wheel.binary, 0o755),
        ]
        tarball(out / f"{name}-{version}.tgz", files)
    manifest = {
        "name": "agentcore",
        **common,
        "description": SUMMARY,
        "bin": {"agentcore": "bin/agentcore.js"},
        "engines": {"node": ">=18"},
        "files": ["bin", "LICENSE", "README.md"],
        "optionalDependencies": optional,
    }
    here = Path(__file__).resolve().parent / "npm"
    files = [
        ("package/package.json", document(manifest), 0o644),
        ("package/LICENSE", (ROOT / "LICENSE").read_bytes(), 0o644),
        ("package/README.md", (here / "README.md").read_bytes(), 0o644),
        ("package/bin/agentcore.js", (here / "agentcore.js").read_bytes(), 0o755),
    ]
    tarball(out / f"agentcore-{version}.tgz", files)


def document(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def homebrew(archives: Dict[str, Path], version: str, url: str, out: Path) -> None:
    def lines(system: str, targets: Dict[str, str]) -> List[str]:
        given = {word: archives[target] for word, target in targets.items() if target in archives}
        if not given:
            return []
        text = [f"  on_{system} do"]
        for word, path in given.items():
            text += [f"    on_{word} do", f'      url "{url}/{path.name}"', f'      sha256 "{digest(path)}"', "    end"]
        return [*text, "  end", ""]

    text = [
        "class Agentcore < Formula",
        f'  desc "{SUMMARY}"',
        f'  homepage "{url.split("/releases/")[0]}"',
        f'  version "{version}"',
        f'  license "{LICENSE}"',
        "",
        *lines("macos", {"arm": "aarch64-apple-darwin", "intel": "x86_64-apple-darwin"}),
        *lines("linux", {"arm": "aarch64-unknown-linux-gnu", "intel": "x86_64-unknown-linux-gnu"}),
        "  def install",
        '    bin.install "agentcore"',
        '    bash_completion.install "completions/agentcore.bash" => "agentcore"',
        '    zsh_completion.install "completions/_agentcore"',
        '    fish_completion.install "completions/agentcore.fish"',
        "  end",
        "",
        "  test do",
        '    assert_match version.to_s, shell_output("#{bin}/agentcore --version")',
        "  end",
        "end",
    ]
    (out / "agentcore.rb").write_text("\n".join(text) + "\n")


def scoop(path: Path, version: str, url: str, out: Path) -> None:
    manifest = {
        "version": version,
        "description": SUMMARY,
        "homepage": url.split("/releases/")[0],
        "license": LICENSE,
        "architecture": {"64bit": {"url": f"{url}/{path.name}", "hash": digest(path), "extract_dir": path.stem}},
        "bin": "agentcore.exe",
    }
    (out / "agentcore.json").write_bytes(document(manifest))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sums(out: Path) -> None:
    files = sorted(path for path in out.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{digest(path)}  {path.name}\n" for path in files]
    (out / "SHA256SUMS").write_text("".join(lines))


def pack(paths: List[Path], out: Path, repository: Optional[str], maintainer: str) -> None:
    wheels = sorted((read_wheel(path) for path in paths), key=lambda wheel: wheel.platform.target)
    if len({wheel.version for wheel in wheels}) != 1:
        raise Refused("the wheels are of several versions")
    if len({wheel.platform for wheel in wheels}) != len(wheels):
        raise Refused("two wheels are for one platform")
    if out.exists() and any(out.iterdir()):
        raise Refused(f"{out} is not empty")
    out.mkdir(parents=True, exist_ok=True)
    version, archives = wheels[0].version, {}
    for wheel in wheels:
        target = wheel.platform.target
        archives[target] = archive(wheel, out)
        if wheel.bill:
            (out / f"agentcore-{version}-{target}.cdx.json").write_bytes(wheel.bill)
        if wheel.platform.debian and shutil.which("dpkg-deb"):
            debian_package(wheel, out, maintainer)
        shutil.copyfile(wheel.path, out / wheel.path.name)
    npm_packages(wheels, out, repository)
    if repository:
        url = f"https://github.com/{repository}/releases/download/v{version}"
        homebrew(archives, version, url, out)
        windows = archives.get("x86_64-pc-windows-msvc")
        if windows:
            scoop(windows, version, url, out)
    sums(out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheels", nargs="+", type=Path, metavar="WHEEL")
    parser.add_argument("--out", required=True, type=Path, metavar="DIRECTORY")
    parser.add_argument("--repository", metavar="OWNER/NAME")
    parser.add_argument("--maintainer", default="agentcore <agentcore@localhost>", help="of the .deb (default: %(default)s)")
    given = parser.parse_args()
    try:
        pack(given.wheels, given.out, given.repository, given.maintainer)
    except Refused as refused:
        print(f"pack.py: {refused}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
