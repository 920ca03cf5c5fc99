"""What is installed from a git repository."""


def area(width, height):
    return width * height
