"""The rules of `.dockerignore`: what a real `docker build` copies is what our listing has, case by case."""

from concurrent.futures import ThreadPoolExecutor

import ignore_cases
import pytest
from conftest import lacked
from ignore_cases import Builder, Case


@pytest.fixture(params=["classic", "buildkit"])
def builder(request, engine) -> Builder:
    if request.param == "classic":
        return ignore_cases.clients()[0]
    return ignore_cases.with_buildkit() or lacked("buildkit", "no docker client here can use BuildKit")


def test_the_table_says_what_docker_copies(builder, tmp_path):
    cases = ignore_cases.read()
    assert len(cases) >= 150 and sum(len(case.paths) for case in cases) >= 400

    images = []

    def differences(case: Case) -> list[str]:
        found = []
        for number, paths in enumerate(ignore_cases.trees([path for path, _, _ in case.paths])):
            folder = tmp_path / f"{case.line}-{number}"
            folder.mkdir()
            stayed, image = ignore_cases.copied(builder, case, paths, folder)
            images.append(image)
            for path, stays, who in case.paths:
                if path in paths and (path in stayed) != (stays != builder.has_it_differently(who)):
                    found.append(f"{case.line}: {case.rules!r}: docker {'copies' if path in stayed else 'leaves out'} `{path}`")
        return found

    # Mostly waiting for the daemon.
    with ThreadPoolExecutor(4) as pool:
        wrong = [line for lines in pool.map(differences, cases) for line in lines]
    # At the end, and with what each was made from: images that have a layer in common cannot be removed and built at once.
    builder.docker("rmi", "--force", *set(images))
    assert not wrong, f"{builder}\n" + "\n".join(wrong)


def test_docker_refuses_what_we_refuse(engine, tmp_path):
    """The same list as in `src/project/ignore/tests.rs`."""
    builder = ignore_cases.clients()[0]
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (tmp_path / "a").write_text("x")
    for bad in ["[a", "a[", "[]a]", "[-a]", "[a-]", "[^]", "a\\", "!", "!  ", "!/", "! [a"]:
        (tmp_path / ".dockerignore").write_text(f"# first\n{bad}\n")
        with pytest.raises(AssertionError, match="syntax error in pattern|illegal exclusion pattern"):
            builder.docker("build", "--quiet", tmp_path)
