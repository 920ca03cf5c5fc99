"""Runs a notebook's cells in IPython, one after the other whatever comes of each, and writes down what each gave.

    kernel.py CELLS.json RESULTS.json     in the notebook's folder

Both files hold a list. A result has `value` (what the last line gave), `printed`, `shown` (what was displayed) and `raised`.
"""

import dataclasses
import json
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output


def described(value):
    """A value as JSON has it; an object is its type's name and its members."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): described(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [described(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    members = None
    if dataclasses.is_dataclass(value):
        members = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif hasattr(value, "model_fields_set"):
        members = dict(value)
    return {"type": type(value).__name__, "members": described(members) if members else str(value)}


def run(shell, cell):
    with capture_output() as captured:
        done = shell.run_cell(cell, store_history=True)
    error = done.error_before_exec or done.error_in_exec
    return {
        "value": described(done.result),
        "printed": captured.stdout,
        "progress": captured.stderr,
        "shown": [shown.data.get("text/markdown") or shown.data.get("text/plain") for shown in captured.outputs],
        # With what it inherits from, for `except`.
        "raised": error and {"kinds": [kind.__name__ for kind in type(error).__mro__], "text": str(error)},
    }


def main():
    cells, results = map(Path, sys.argv[1:])
    sys.path.insert(0, "")
    shell = InteractiveShell.instance()
    # What a kernel does: the output of `!command` is the cell's.
    shell.system = shell.system_piped
    shell.run_line_magic("xmode", "Minimal")
    shell.run_line_magic("colors", "NoColor")
    results.write_text(json.dumps([run(shell, cell) for cell in json.loads(cells.read_text())]))


if __name__ == "__main__":
    main()
