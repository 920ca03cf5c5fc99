"""Bills of materials, judged by the validators of those who defined the formats."""

import io
import json
import tarfile

import pytest


@pytest.fixture
def project(world):
    world.write("agent.py", "print('an agent')\n")
    # One with an extra, one with compiled parts, one whose licence is words.
    world.write("requirements.txt", "httpx[http2]==0.28.1\nmarkupsafe==3.0.2\npython-dateutil==2.9.0.post0\n")
    world.ok("configure", "-e", "agent.py", "--disable-otel")
    return world


def build(world, *more):
    # Not in the project: what lies there is part of the next image.
    bills = world.folder / "bills"
    run = world.ok("build", "--base-image", "scratch", "--builder", "native", "--sbom", bills, "-o", "json", *more)
    return run.data, {path.name: path.read_bytes() for path in bills.iterdir()}


def installed(world) -> set[str]:
    """The packages in the layers that the build made, by their metadata."""
    found = set()
    for layer in (world.folder / "home/.cache/agentcore/layers").glob("*.tar.gz"):
        with tarfile.open(layer) as archive:
            names = (name.split("/")[-2] for name in archive.getnames() if name.endswith(".dist-info/METADATA"))
            for name, _, version in (name.removesuffix(".dist-info").partition("-") for name in names):
                found.add(f"pkg:pypi/{name.lower().replace('_', '-')}@{version}")
    return found


def test_spdx_is_valid_and_complete(project):
    from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    data, bills = build(project)
    document = json.loads(bills["agent.spdx.json"])
    assert validate_full_spdx_document(JsonLikeDictParser().parse(document)) == []
    subject, *packages = document["packages"]
    assert subject["versionInfo"] == data["digest"]
    assert {package["externalRefs"][0]["referenceLocator"] for package in packages} == installed(project)
    licences = {package["name"]: package["licenseDeclared"] for package in packages}
    assert licences["httpx"] == "BSD-3-Clause" and licences["python-dateutil"] == "NOASSERTION"


def test_cyclonedx_is_valid_and_complete(project):
    from cyclonedx.model.bom import Bom
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    data, bills = build(project)
    text = bills["agent.cdx.json"].decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bom = Bom.from_json(json.load(io.StringIO(text)))
    assert bom.metadata.component.version == data["digest"]
    assert {str(component.purl) for component in bom.components} == installed(project)
    names = {dependency.ref.value: {own.ref.value for own in dependency.dependencies} for dependency in bom.dependencies}
    httpx = next(needs for ref, needs in names.items() if ref.startswith("pkg:pypi/httpx@"))
    assert any(ref.startswith("pkg:pypi/h2@") for ref in httpx), "the extra's package is not among what httpx needs"


def test_a_build_from_the_cache_has_the_same_bills(project):
    first = build(project)
    again = build(project)
    assert first[1] == again[1] and first[0]["digest"] == again[0]["digest"]
    anew = build(project, "--rebuild-dependencies")
    assert anew[1] == first[1]
