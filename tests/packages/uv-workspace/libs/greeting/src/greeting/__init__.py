"""A library of the workspace, with a dependency of its own."""

import humanize


def greet(name, times):
    return f"Hello {name}, for the {humanize.ordinal(times)} time"
