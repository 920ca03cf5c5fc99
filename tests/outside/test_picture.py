"""The documents' pictures of a terminal are what the program prints today."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from world import ROOT, tool

PICTURES = sorted((ROOT / "docs/images").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


def lines(svg: str) -> list[str]:
    """What is written in a picture, a line each, without what is another in each run."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        rows.setdefault(float(text.get("y")), []).append((float(text.get("x")), text.text))
    shown = [" ".join(text for _, text in sorted(row)) for _, row in sorted(rows.items())]
    return [" ".join("_" if any(c.isdigit() for c in word) else word for word in line.split()) for line in shown]


def test_pictures_can_be_made_anew(binary, tmp_path):
    subprocess.run([sys.executable, tool("picture.py"), tmp_path], check=True, env=os.environ | {"AGENTCORE": str(binary)})
    made = sorted(tmp_path.iterdir())
    assert [path.name for path in made] == [path.name for path in PICTURES] != []
    for new, kept in zip(made, PICTURES):
        assert lines(new.read_text()) == lines(kept.read_text()), f"{kept.name}: make it again: tests/tools/picture.py"


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_a_picture_needs_nothing_from_elsewhere(picture):
    svg = picture.read_text()
    assert not re.findall(r"(?:href|src|url\(|@import|@font-face)", svg)
    # The sandbox's own address may be in what was printed.
    assert set(re.findall(r"https?://[a-z0-9.]+", svg)) <= {"http://www.w3.org", "http://127.0.0.1"}
    assert "prefers-color-scheme: dark" in svg


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_a_picture_fits_its_terminal(picture):
    root = ElementTree.fromstring(picture.read_text())
    width, height = float(root.get("width")), float(root.get("height"))
    texts = list(root.iter(f"{SVG}text"))
    assert 0 < len({text.get("y") for text in texts}) <= 24
    for text in texts:
        assert float(text.get("x")) + float(text.get("textLength")) <= width and float(text.get("y")) < height
        assert len(text.text) <= 80
