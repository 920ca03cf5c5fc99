"""A sibling module, and a file that is read as a resource of the package."""

from importlib import resources


def discounted(price):
    return price * 3 // 4


def terms():
    return resources.files("orders").joinpath("terms.txt").read_text().strip()
