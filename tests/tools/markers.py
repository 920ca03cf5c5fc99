"""Random environment markers and what PyPA's `packaging` makes of them for CPython 3.12 on Linux, aarch64.

    markers.py COUNT SEED

A line each: `true`, `false`, or `none` for one that is no marker or compares what cannot be compared; a tab; the marker.
"""

import random
import sys

import packaging
from packaging.markers import Marker

# Before, words were compared by their letters.
if tuple(map(int, packaging.__version__.split(".")[:2])) < (26, 4):
    sys.exit(f"packaging is {packaging.__version__}, and 26.4 is needed")

TARGET = {
    "os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64",
    "platform_python_implementation": "CPython", "implementation_name": "cpython", "platform_release": "",
    "platform_version": "", "python_version": "3.12", "python_full_version": "3.12.0", "implementation_version": "3.12.0",
    "extra": frozenset({"socks-5"}),
}
VARIABLES = [*TARGET, "os.name", "sys.platform", "platform.version", "platform.machine",
             "platform.python_implementation", "python_implementation"]
WORDS = ["linux", "Linux", "win32", "darwin", "posix", "nt", "aarch64", "arm64", "x86_64", "x86_64 aarch64", "CPython",
         "cpython", "PyPy", "pypy", "", " ", "socks-5", "Socks_5", "other", "é"]
VERSIONS = ["3", "3.1", "3.11", "3.12", "3.12.0", "3.12.1", "3.13", "3.12.0a1", "3.12.0rc1", "3.12.post1", "3.12.dev0",
            "3.12.0+local", "3.*", "3.12.*", "3.11.*", "3.12.0.*", "v3.12", "1!3.12", " 3.12 ", "3.11, 3.12", "3.11,3.12",
            "3.1 3.12", "four", "3..12", "*", "03.12", "3.12-1", "3.12.0.0", "2.7", "10"]
OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in", "not  in"]
random.seed(int(sys.argv[2]))


def quoted(text):
    mark = random.choice("'\"")
    return mark + text + mark


def comparison():
    if random.random() < 0.01:
        return random.choice(["python_version", "'a' == 'a'", "nothing == 'a'", "os_name = 'nt'", "os_name == 'nt", ""])
    variable = random.choice(VARIABLES)
    versioned = "version" in variable or variable == "platform_release"
    text = quoted(random.choice(VERSIONS if versioned != (random.random() < 0.1) else WORDS))
    operator = random.choice(OPERATORS)
    space = "" if operator[-1] in "=<>" and random.random() < 0.2 else " "
    left, right = (variable, text) if random.random() < 0.75 else (text, variable)
    return f"{left}{space}{operator}{space}{right}"


def marker(depth):
    if depth == 0 or random.random() < 0.3:
        return comparison()
    parts = [marker(depth - 1) for _ in range(random.randint(1, 3))]
    whole = parts[0]
    for part in parts[1:]:
        whole += f" {random.choice(['and', 'or'])} {part}"
    return f"({whole})" if random.random() < 0.4 else whole


for _ in range(int(sys.argv[1])):
    text = marker(random.choice([0, 0, 1, 1, 2, 3]))
    try:
        answer = str(Marker(text).evaluate(TARGET)).lower()
    except Exception:
        answer = "none"
    print(answer, text, sep="\t")
