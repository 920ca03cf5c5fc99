"""The code cells of a notebook that was saved as text: each begins after `In [None]:`, and the prose after it begins with a
heading."""

import re
from pathlib import Path

# Two or more signs and a space after an empty line: one sign is a comment of Python.
HEADING = re.compile(r"\n\n+#{2,} ")


def code_cells(path: Path) -> list[str]:
    _, *parts = re.split(r"^In \[None\]:\n+", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [HEADING.split(part, maxsplit=1)[0].strip("\n") + "\n" for part in parts]
