"""What `packaging/pack.py` makes out of wheels, installed by those whose formats they are: npm, dpkg, tar, sha256sum."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile

import pytest
from conftest import lacked
from world import ROOT

VERSION = "7.8.9"
# A stand-in where the test cannot run the binary of the platform anyway, and where it needs none to say what arrived.
SCRIPT = b"""#!/bin/sh
case $1 in
  wait) trap 'kill $!; echo ended >&2; exit 41' TERM; trap 'kill $!; echo interrupted >&2; exit 42' INT; sleep 60 & echo waiting; wait ;;
  kill) kill -TERM $$ ;;
  *) echo "$@"; cat; exit 7 ;;
esac
"""
TAGS = {
    "manylinux_2_17_x86_64.manylinux2014_x86_64": ("x86_64-unknown-linux-gnu", "linux-x64"),
    "manylinux_2_28_aarch64": ("aarch64-unknown-linux-gnu", "linux-arm64"),
    "macosx_11_0_arm64": ("aarch64-apple-darwin", "darwin-arm64"),
    "macosx_10_12_x86_64": ("x86_64-apple-darwin", "darwin-x64"),
    "win_amd64": ("x86_64-pc-windows-msvc", "win32-x64"),
}


def wheel(folder, tag, binary=SCRIPT, version=VERSION):
    name = "agentcore.exe" if tag.startswith("win") else "agentcore"
    path = folder / f"agentcore-{version}-py3-none-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"agentcore-{version}.data/scripts/{name}", binary)
        archive.writestr(f"agentcore-{version}.dist-info/sboms/agentcore.cyclonedx.json", '{"bomFormat": "CycloneDX"}')
    return path


def pack(out, *wheels, check=True):
    command = [sys.executable, ROOT / "packaging/pack.py", *wheels, "--out", out, "--repository", "acme/agentcore"]
    # Nothing here is given away: packed fast instead of small.
    fast = {"DPKG_DEB_COMPRESSOR_TYPE": "gzip", "DPKG_DEB_COMPRESSOR_LEVEL": "1"}
    return subprocess.run(command, env={**os.environ, **fast}, check=check, capture_output=True, text=True)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    out = folder / "out"
    pack(out, *(wheel(folder, tag) for tag in TAGS))
    return out


def test_each_platform_gets_its_archives(packed):
    for target, npm in TAGS.values():
        name = f"agentcore-{VERSION}-{target}"
        if "windows" in target:
            with zipfile.ZipFile(packed / f"{name}.zip") as archive:
                assert archive.read(f"{name}/agentcore.exe") == SCRIPT
        else:
            with tarfile.open(packed / f"{name}.tar.gz") as archive:
                member = archive.getmember(f"{name}/agentcore")
                assert (member.mode, archive.extractfile(member).read()) == (0o755, SCRIPT)
                assert archive.extractfile(f"{name}/LICENSE").read() == (ROOT / "LICENSE").read_bytes()
                assert f"{name}/completions/agentcore.bash" in archive.getnames()
        assert (packed / f"agentcore-{npm}-{VERSION}.tgz").is_file()
        assert json.loads((packed / f"{name}.cdx.json").read_text())["bomFormat"] == "CycloneDX"


def test_the_sums_are_those_of_every_file(packed):
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=packed, check=True)
    named = {line.split("  ", 1)[1] for line in (packed / "SHA256SUMS").read_text().splitlines()}
    # A release has no folders.
    there = {path.name for path in packed.iterdir() if path.is_file()}
    assert len(there) == len(list(packed.rglob("*")))
    assert named == there - {"SHA256SUMS"}


def test_the_same_wheels_give_the_same_bytes(packed, tmp_path):
    wheels = sorted(packed.glob("*.whl"))
    old = os.umask(0o077)
    try:
        pack(tmp_path / "again", *wheels)
    finally:
        os.umask(old)
    assert (tmp_path / "again/SHA256SUMS").read_text() == (packed / "SHA256SUMS").read_text()


def test_formula_and_manifest_name_archives_with_sums(packed):
    sums = {name: sum_ for sum_, name in (line.split("  ") for line in (packed / "SHA256SUMS").read_text().splitlines())}
    formula = (packed / "agentcore.rb").read_text()
    for target, _ in TAGS.values():
        if "windows" not in target:
            name = f"agentcore-{VERSION}-{target}.tar.gz"
            expected = f'url "https://github.com/acme/agentcore/releases/download/v{VERSION}/{name}"\n      sha256 "{sums[name]}"'
            assert expected in formula
    manifest = json.loads((packed / "agentcore.json").read_text())["architecture"]["64bit"]
    name = f"agentcore-{VERSION}-x86_64-pc-windows-msvc.zip"
    assert manifest["url"].endswith(f"/v{VERSION}/{name}") and manifest["hash"] == sums[name]
    with zipfile.ZipFile(packed / name) as archive:
        assert f"{manifest['extract_dir']}/agentcore.exe" in archive.namelist()


def test_wheels_that_do_not_fit_are_refused(tmp_path):
    one, other = wheel(tmp_path, "win_amd64"), wheel(tmp_path, "macosx_11_0_arm64", version="1.0.0")
    for wheels, reason in [
        ([one, other], "several versions"),
        ([wheel(tmp_path, "linux_x86_64"), wheel(tmp_path, "manylinux_2_28_x86_64")], "one platform"),
        ([wheel(tmp_path, "linux_riscv64")], "no platform is known"),
    ]:
        said = pack(tmp_path / "out", *wheels, check=False)
        assert said.returncode == 2 and reason in said.stderr
        assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/old").touch()
    assert "not empty" in pack(tmp_path / "out", one, check=False).stderr


def test_dpkg_unpacks_the_binary_where_path_finds_it(binary, packed, tmp_path):
    if not shutil.which("dpkg-deb"):
        lacked("root", "dpkg-deb is Debian's")
    package = packed / f"agentcore_{VERSION}_amd64.deb"
    fields = subprocess.run(["dpkg-deb", "--field", package], check=True, capture_output=True, text=True).stdout
    assert f"Version: {VERSION}\n" in fields and "Depends: libc6 (>= 2.17)" in fields
    listed = subprocess.run(["dpkg-deb", "--contents", package], check=True, capture_output=True, text=True).stdout
    assert all(line.split()[1] == "root/root" for line in listed.splitlines())
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path], check=True)
    assert (tmp_path / "usr/bin/agentcore").read_bytes() == SCRIPT
    assert (tmp_path / "usr/share/bash-completion/completions/agentcore").is_file()


# npm and the launcher in front of the binary.


@pytest.fixture(scope="module")
def installed(packed, tmp_path_factory):
    if not shutil.which("npm"):
        lacked("npm", "npm is not on PATH")
    folder = tmp_path_factory.mktemp("node")
    # The platform's package is not in an index: it is named beside the one that asks for it.
    tarballs = [packed / f"agentcore-linux-x64-{VERSION}.tgz", packed / f"agentcore-{VERSION}.tgz"]
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--offline"]
    subprocess.run(["npm", "install", *flags, *tarballs], cwd=folder, check=True, capture_output=True, text=True)
    return folder / "node_modules/.bin/agentcore"


def test_the_launcher_passes_everything_through(installed):
    said = subprocess.run([installed, "a b", "--c"], input="stdin", capture_output=True, text=True)
    assert (said.returncode, said.stdout, said.stderr) == (7, "a b --c\nstdin", "")


def test_a_signal_ends_launcher_and_binary(installed):
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    for sent, said, status in ((signal.SIGTERM, "ended\n", 41), (signal.SIGINT, "interrupted\n", 42)):
        child = subprocess.Popen([installed, "wait"], **pipes, text=True)
        assert child.stdout.readline() == "waiting\n"
        child.send_signal(sent)
        assert child.communicate()[1] == said and child.returncode == status
    assert subprocess.run([installed, "kill"]).returncode == -signal.SIGTERM


@pytest.fixture(scope="module")
def real(binary, tmp_path_factory):
    """Everything out of a wheel with the binary under test, for this machine."""
    folder = tmp_path_factory.mktemp("real")
    small = folder / "agentcore"
    subprocess.run(["objcopy", "--strip-debug", binary, small], check=True)
    pack(folder / "out", wheel(folder, "linux_x86_64", small.read_bytes()))
    return folder / "out"


def test_the_real_binary_runs_from_npms_package(binary, real, tmp_path):
    if not shutil.which("npm"):
        lacked("npm", "npm is not on PATH")
    tarballs = [real / f"{name}-{VERSION}.tgz" for name in ("agentcore-linux-x64", "agentcore")]
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--offline"]
    subprocess.run(["npm", "install", *flags, *tarballs], cwd=tmp_path, check=True, capture_output=True, text=True)
    command = tmp_path / "node_modules/.bin/agentcore"
    said = subprocess.run([command, "--version"], capture_output=True, text=True)
    own = subprocess.run([binary, "--version"], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (own.returncode, own.stdout) and own.returncode == 0


def test_the_image_runs_what_dpkg_installed(binary, real, complete_base_image):
    tag = "agentcore-tests/program:1"
    base = f"BASE={complete_base_image}"
    command = ["docker", "build", "--network=host", "--quiet", "--build-arg", base, "-f", ROOT / "packaging/Dockerfile", "-t", tag, real]
    subprocess.run(command, check=True, capture_output=True, text=True)
    run = ["docker", "run", "--rm", "--network=host", tag]
    said = subprocess.run([*run, "agentcore", "--version"], check=True, capture_output=True, text=True).stdout
    assert said == subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout
    shell = 'dpkg --status agentcore | grep ^Version && command -v agentcore && command -v git && sh -c "exit 9"'
    said = subprocess.run([*run, "sh", "-c", shell], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (9, f"Version: {VERSION}\n/usr/bin/agentcore\n/usr/bin/git\n")


def test_a_missing_platform_is_named(packed, tmp_path):
    if not shutil.which("npm"):
        lacked("npm", "npm is not on PATH")
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--offline"]
    tarball = packed / f"agentcore-{VERSION}.tgz"
    subprocess.run(["npm", "install", *flags, tarball], cwd=tmp_path, check=True, capture_output=True, text=True)
    said = subprocess.run([tmp_path / "node_modules/.bin/agentcore"], capture_output=True, text=True)
    assert said.returncode == 1 and "`agentcore-linux-x64` is not installed" in said.stderr and not said.stdout


# What goes before a release.


def check(folder, tag):
    return subprocess.run([folder / "packaging/check.sh", tag], capture_output=True, text=True)


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "packaging/check.sh", tmp_path / "packaging/check.sh")
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "agentcore"\nversion = "1.2.3"\n')
    (tmp_path / "Cargo.lock").write_text('[[package]]\nname = "agentcore"\nversion = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-12-01\n\n- New.\n")
    return tmp_path


def test_a_checkout_that_fits_may_be_released(checkout):
    said = check(checkout, "v1.2.3")
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("file, old, new, reason", [
    ("Cargo.toml", "1.2.3", "1.2.4", "the tag is v1.2.3, and Cargo.toml has 1.2.4"),
    ("Cargo.lock", "1.2.3", "1.2.2", "Cargo.lock has 1.2.2"),
    ("CHANGELOG.md", "## 1.2.3 - ", "## 1.2.4 - ", "no section `## 1.2.3"),
    ("CHANGELOG.md", "2026-12-01", "soon", "no section `## 1.2.3"),
    ("CHANGELOG.md", "Unreleased\n", "Unreleased\n\n- Forgotten.\n", "changes under \"Unreleased\""),
])
def test_what_does_not_fit_stops_a_release(checkout, file, old, new, reason):
    text = (checkout / file).read_text()
    assert old in text
    (checkout / file).write_text(text.replace(old, new))
    said = check(checkout, "v1.2.3")
    assert said.returncode == 1 and reason in said.stderr


def test_cargo_toml_and_lock_agree_today():
    said = check(ROOT, "v" + re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(), re.M)[1])
    assert "Cargo" not in said.stderr
