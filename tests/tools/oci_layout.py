"""Writes an OCI image layout with one image per architecture and an index over them.

    oci_layout.py LAYOUT TAG ARCH=ROOT [ARCH=ROOT ...]

Each image has a single gzip layer with everything below ROOT, owned by root, in a fixed order and without times, so
that the same files give the same digests.
"""

import gzip
import hashlib
import json
import os
import shutil
import sys
import tarfile
from pathlib import Path

MEDIA = "application/vnd.oci.image."
INTERPRETER = {
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
    "Cmd": ["python3"],
}


def store(layout: Path, data: bytes, media: str) -> dict:
    digest = hashlib.sha256(data).hexdigest()
    path = layout / "blobs" / "sha256" / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"mediaType": media, "digest": f"sha256:{digest}", "size": len(data)}


def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    return entry


def layer(layout: Path, root: Path) -> tuple[dict, str]:
    """The layer's descriptor and the digest of its uncompressed form."""
    tar_path = layout / "layer.tar"
    with tarfile.open(tar_path, "w", format=tarfile.GNU_FORMAT) as tar:
        for folder, names, files in os.walk(root):
            names.sort()
            links = [name for name in names if os.path.islink(os.path.join(folder, name))]
            if folder != str(root):
                tar.add(folder, os.path.relpath(folder, root), recursive=False, filter=plain)
            for name in sorted(files + links):
                path = os.path.join(folder, name)
                tar.add(path, os.path.relpath(path, root), recursive=False, filter=plain)
    data = tar_path.read_bytes()
    tar_path.unlink()
    descriptor = store(layout, gzip.compress(data, 6, mtime=0), MEDIA + "layer.v1.tar+gzip")
    return descriptor, "sha256:" + hashlib.sha256(data).hexdigest()


def image(layout: Path, architecture: str, root: Path, config: dict = INTERPRETER) -> dict:
    """The descriptor of an image with the files below `root`; `config` says how it starts."""
    blob, diff_id = layer(layout, root)
    platform = {"architecture": architecture, "os": "linux"} | ({"variant": "v8"} if architecture == "arm64" else {})
    document = platform | {
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [diff_id]},
        "history": [{"created_by": "files of a folder"}],
    }
    config_blob = store(layout, json.dumps(document).encode(), MEDIA + "config.v1+json")
    manifest = {
        "schemaVersion": 2,
        "mediaType": MEDIA + "manifest.v1+json",
        "config": config_blob,
        "layers": [blob],
    }
    return store(layout, json.dumps(manifest).encode(), MEDIA + "manifest.v1+json") | {"platform": platform}


def finish(layout: Path, tag: str, descriptor: dict) -> None:
    """Makes `descriptor`, of an image or an index, the one that `tag` names."""
    described = descriptor | {"annotations": {"org.opencontainers.image.ref.name": tag}}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [described]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def main(target: str, tag: str, *images: str) -> None:
    layout = Path(target)
    shutil.rmtree(layout, ignore_errors=True)
    layout.mkdir(parents=True)
    pairs = [each.split("=", 1) for each in images]
    manifests = [image(layout, architecture, Path(root)) for architecture, root in pairs]
    index = {"schemaVersion": 2, "mediaType": MEDIA + "index.v1+json", "manifests": manifests}
    finish(layout, tag, store(layout, json.dumps(index).encode(), MEDIA + "index.v1+json"))


if __name__ == "__main__":
    main(*sys.argv[1:])
