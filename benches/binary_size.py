#!/usr/bin/env python3
"""What the binary is made of, as Markdown: its sections, and the code in it by crate.

Needs GNU binutils and a build that keeps its symbols, named as the first argument:

    RUSTFLAGS="-C symbol-mangling-version=v0" CARGO_PROFILE_RELEASE_STRIP=none CARGO_TARGET_DIR=target/size \\
      cargo build --release --locked
    benches/binary_size.py target/size/release/agentcore

What the compiler makes of Rust's own generic functions (a drop, a `Vec` of a crate's types) counts for that crate; what it
makes of another crate's, for the one that they are from. Constants, strings and tables have no symbols, so that sections other than the code are not divided.
"""

import collections
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
STANDARD = {"alloc", "core", "std", "test", "proc_macro"}
# What the loader maps and `strip` keeps. `nm` lists symbols of the others too.
LOADED = re.compile(r"^\.(text|rodata|data|rela|eh_frame|gcc_except|bss|tdata|tbss|got|dyn|gnu|init|fini|plt|interp|note)")
SHOWN = 30


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def crates():
    """The names that a path in a symbol may begin with."""
    metadata = json.loads(output("cargo", "metadata", "--format-version", "1", "--locked", "--offline"))
    libraries = {"lib", "rlib", "cdylib", "proc-macro"}
    return {target["name"].replace("-", "_") for package in metadata["packages"] for target in package["targets"]
            if libraries & set(target["kind"])}


def owner(symbol, known):
    """The first crate in a demangled name that is not Rust's own; C has no paths."""
    named = re.findall(r"(?<![\w:])([a-z_][a-z0-9_]*)(?:\[[0-9a-f]+\])?::", symbol)
    for name in named:
        if name in known:
            return name
    if any(name in STANDARD for name in named):
        return "Rust's own library"
    if symbol.startswith(("aws_lc_", "OPENSSL_", "ecp_", "bn_", "sha", "aes", "gcm_", "x25519", "p256", "p384", "CRYPTO_")):
        return "aws-lc (C and assembly)"
    return "other (no path in the name)"


def sections(binary):
    for line in output("size", "-A", str(binary)).splitlines():
        fields = line.split()
        if len(fields) == 3 and LOADED.match(fields[0]) and fields[0] not in (".bss", ".tbss"):
            yield fields[0], int(fields[1])


def code(binary, known):
    sizes = collections.Counter()
    seen = set()
    for line in output("nm", "--print-size", "--demangle=rust", str(binary)).splitlines():
        fields = line.split(maxsplit=3)
        # Several names of one function are one function.
        if len(fields) == 4 and fields[2] in "tTwW" and fields[0] not in seen:
            seen.add(fields[0])
            sizes[owner(fields[3], known)] += int(fields[1], 16)
    return sizes


def table(head, rows, whole):
    print(f"| {head} | kB | share |\n| --- | --- | --- |")
    for name, size in rows:
        print(f"| {name} | {size / 1000:,.0f} | {100 * size / whole:.1f} % |")
    print()


def main():
    binary = Path(sys.argv[1]).resolve()
    parts = sorted(sections(binary), key=lambda part: -part[1])
    whole = sum(size for _, size in parts)
    print(f"{whole / 1e6:.1f} MB in sections that are loaded.\n")
    shown = [part for part in parts if part[1] > whole / 200]
    rest = whole - sum(size for _, size in shown)
    table("section", [(f"`{name}`", size) for name, size in shown] + [("others", rest)], whole)
    text = dict(parts)[".text"]
    sizes = code(binary, crates())
    largest = sizes.most_common(SHOWN)
    rest = sum(sizes.values()) - sum(size for _, size in largest)
    unnamed = text - sum(sizes.values())
    table("code of", largest + [(f"{len(sizes) - len(largest)} more crates", rest), ("padding, no symbol", unnamed)], text)


if __name__ == "__main__":
    main()
