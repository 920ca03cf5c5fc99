#!/usr/bin/env python3
"""Measures how fast files become an image in a registry, beside skopeo, Docker, and tar with gzip.

    benches/throughput.py [--size MB] [--files N ...] [--runs N] [--binary PATH]

Prints Markdown like run.py. Needs a release build, docker-registry, skopeo, and the Python environment of the outside
suite for moto (tests/tools/venv.sh makes it); Docker takes part where dockerd is. Each push goes to an empty registry of
its own, because every one of these programs remembers what a registry has. A third of the content is source code, a
third shared objects, a third random. Peak memory is that of the largest process of a command; Docker's is its daemon's.
"""

import argparse
import contextlib
import itertools
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from run import MIB, ROOT, Report, machine, mib

sys.path[:0] = [str(ROOT / "tests/outside"), str(ROOT / "tests/tools")]

import oci_layout  # noqa: E402
from ecr_front import ecr_front  # noqa: E402
from world import World, tool  # noqa: E402

PIECE = 16 * MIB


def measure(argv, env=None, cwd=None) -> tuple[float, int]:
    """Seconds, and the peak memory of the largest process."""
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, argv)), env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    # What the system counts for a child begins with the size of this interpreter, so the processes are looked at.
    peak, over = 0, threading.Event()

    def watch():
        nonlocal peak
        while not over.wait(0.01):
            peak = max([peak, *map(high_water, family(process.pid))])

    watcher = threading.Thread(target=watch)
    watcher.start()
    output = process.stdout.read()
    status = process.wait()
    took = time.perf_counter() - start
    over.set()
    watcher.join()
    if status != 0:
        sys.exit(f"{argv} ended with {status}:\n{output.decode(errors='replace')[-3000:]}")
    return took, peak


def family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in family(int(child)))]


def high_water(pid: int) -> int:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * 1024
    return 0


class Side:
    """One side of a comparison; `prepare` gives the command of each run."""

    def __init__(self, name, prepare):
        self.name, self.prepare, self.samples = name, prepare, []

    def median(self, index: int) -> float:
        return statistics.median(sample[index] for sample in self.samples)


def take_turns(runs: int, *sides: Side):
    for number, side in itertools.product(range(runs), sides):
        with side.prepare(number) as (argv, more):
            side.samples.append(more.pop("measure", measure)(argv, **more))


@contextlib.contextmanager
def registry(folder: Path):
    """An empty docker-registry; gives its host."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(dir=folder))
    config = {"version": 0.1, "log": {"level": "error"}, "http": {"addr": f"127.0.0.1:{port}"},
              "storage": {"filesystem": {"rootdirectory": str(folder / "blobs")}}}
    (folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
    process = subprocess.Popen(["docker-registry", "serve", str(folder / "config.yml")], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/"):
                break
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


@contextlib.contextmanager
def service(name: str):
    """A service of tests/tools: its variables. Stopped again unless it ran before."""
    running = subprocess.run([tool(name), "env"], capture_output=True).returncode == 0
    lines = subprocess.run([tool(name), "start"], capture_output=True, text=True, check=True).stdout.splitlines()
    try:
        yield dict(line.split("=", 1) for line in lines if "=" in line)
    finally:
        if not running:
            subprocess.run([tool(name), "stop"], check=False)


def write_content(folder: Path, size: int):
    """Files of 16 MiB: source code, shared objects and random bytes in turn."""
    code = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    objects = sorted(path for path in Path("/usr/lib").rglob("*.so*") if path.is_file() and not path.is_symlink())
    streams = [cycle(code), cycle(objects), iter(lambda: os.urandom(MIB), None)]
    left = [b"", b"", b""]
    for number, start in enumerate(range(0, size, PIECE)):
        kind, wanted = number % 3, min(PIECE, size - start)
        with (folder / f"content-{number:03}.bin").open("wb") as file:
            while wanted > 0:
                data = left[kind] or next(streams[kind])
                file.write(data[:wanted])
                left[kind], wanted = data[wanted:], wanted - len(data[:wanted])


def cycle(paths):
    return (path.read_bytes() for path in itertools.cycle(paths))


class Bench:
    def __init__(self, options, folder: Path):
        self.options, self.folder = options, folder
        self.world = World(options.binary.resolve(), folder / "world")
        self.report = Report()

    def project(self, name: str) -> Path:
        project = self.folder / name
        project.mkdir()
        (project / "agent.py").write_text("print('an agent')\n")
        (project / "requirements.txt").write_text("")
        return project

    def agentcore(self, *args, cwd, env=None):
        env = self.world.env | {"AGENTCORE_BASE_IMAGE": "scratch"} | (env or {})
        return [self.world.binary, *args], {"env": env, "cwd": cwd}

    def configure(self, project: Path, name: str):
        argv, more = self.agentcore("configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", name, "-dm", "-do",
                                    "--offline", cwd=project)
        measure(argv, **more)

    def pushes(self):
        size = self.options.size * 1_000_000
        project = self.project("large")
        write_content(project, size)
        self.configure(project, "large")
        with service("moto.sh") as moto, contextlib.ExitStack() as stack:
            self.world.env["AWS_ENDPOINT_URL"] = moto["MOTO_URL"]
            sides = [Side("agentcore launch", lambda number: self.launch(project, number))]
            build = Side("agentcore build", lambda number: self.build(project, number))
            layouts = self.layouts(project)
            for name, layout in layouts.items():
                sides.append(Side(name, lambda number, layout=layout: self.skopeo(layout)))
            if shutil.which("dockerd"):
                engine = stack.enter_context(service("engine.sh"))
                stack.callback(subprocess.run, ["docker", "rmi", "bench:1"], env=os.environ | engine, capture_output=True)
                self.load(layouts["skopeo copy, compressing"], engine)
                sides.append(Side("docker push", lambda number: self.docker(engine)))
            take_turns(self.options.runs, build, *sides)
        ours, *others = sides
        what = f"{self.options.size} MB of files"
        for index, kind, show in ((0, "", seconds), (1, ", peak memory", mib)):
            self.report.add(f"{what} hashed and compressed, `build`{kind}", show(build.median(index)), "", "", "", None)
            for side in others:
                aim = "less" if "compressed already" not in side.name else ""
                met = ours.median(index) < side.median(index) if aim else None
                self.report.add(f"{what} built and pushed, `launch`{kind}", show(ours.median(index)), side.name,
                                show(side.median(index)), aim, met)

    @contextlib.contextmanager
    def launch(self, project: Path, number: int):
        """A launch of an agent that nobody has seen: the repository, the cache and the registry are empty."""
        urllib.request.urlopen(urllib.request.Request(self.world.env["AWS_ENDPOINT_URL"] + "/moto-api/reset", method="POST"))
        with registry(self.folder) as host, ecr_front(self.world.env["AWS_ENDPOINT_URL"], host, "AWS", "x") as front:
            cache = self.folder / f"cache-{number}"
            fresh = self.folder / f"config-{number}.yaml"
            shutil.copy(project / ".bedrock_agentcore.yaml", fresh)
            yield self.agentcore("launch", "--builder", "native", "--no-wait", cwd=project,
                                 env={"AWS_ENDPOINT_URL_ECR": front, "AGENTCORE_CACHE_DIR": str(cache)})
            shutil.copy(fresh, project / ".bedrock_agentcore.yaml")
            shutil.rmtree(cache)

    @contextlib.contextmanager
    def build(self, project: Path, number: int):
        cache = self.folder / f"cache-build-{number}"
        yield self.agentcore("build", "--builder", "native", cwd=project, env={"AGENTCORE_CACHE_DIR": str(cache)})
        shutil.rmtree(cache)

    def layouts(self, project: Path) -> dict[str, Path]:
        """The same files as a finished image: with a plain layer, and as the program compressed it."""
        compressed = self.folder / "compressed"
        with registry(self.folder) as host:
            with self.launch_into(project, host) as (argv, more):
                measure(argv, **more)
            with urllib.request.urlopen(f"http://{host}/v2/_catalog") as answer:
                [repository] = json.load(answer)["repositories"]
            with urllib.request.urlopen(f"http://{host}/v2/{repository}/tags/list") as answer:
                tag = json.load(answer)["tags"][0]
            measure(["skopeo", "--insecure-policy", "copy", "--override-arch=arm64", "--src-tls-verify=false",
                     f"docker://{host}/{repository}:{tag}", f"oci:{compressed}:1"])
        plain = self.folder / "plain"
        measure(["skopeo", "--insecure-policy", "copy", "--override-arch=arm64", "--dest-decompress",
                 f"oci:{compressed}:1", f"dir:{plain}"])
        return {"skopeo copy, compressing": f"dir:{plain}", "skopeo copy, compressed already": f"oci:{compressed}:1"}

    @contextlib.contextmanager
    def launch_into(self, project: Path, host: str):
        saved = (project / ".bedrock_agentcore.yaml").read_text()
        with ecr_front(self.world.env["AWS_ENDPOINT_URL"], host, "AWS", "x") as front:
            yield self.agentcore("launch", "--builder", "native", "--no-wait", cwd=project,
                                 env={"AWS_ENDPOINT_URL_ECR": front})
        (project / ".bedrock_agentcore.yaml").write_text(saved)

    @contextlib.contextmanager
    def skopeo(self, source: str):
        with registry(self.folder) as host:
            yield ["skopeo", "--insecure-policy", "copy", "--override-arch=arm64", "--dest-tls-verify=false", source,
                   f"docker://{host}/skopeo:1"], {}

    def load(self, source: str, engine: dict):
        archive = self.folder / "docker.tar"
        measure(["skopeo", "--insecure-policy", "copy", "--override-arch=arm64", source, f"docker-archive:{archive}:bench:1"])
        measure(["docker", "load", "-i", archive], env=os.environ | engine)
        archive.unlink()

    @contextlib.contextmanager
    def docker(self, engine: dict):
        env = os.environ | engine
        pidfile = Path(engine["DOCKER_HOST"].removeprefix("unix://")).parent / "dockerd.pid"
        daemon = Path("/proc") / pidfile.read_text().strip()

        def of_daemon(argv, **more):
            (daemon / "clear_refs").write_text("5")  # the high-water mark starts over
            took, _ = measure(argv, **more)
            return took, high_water(int(daemon.name))

        with registry(self.folder) as host:
            measure(["docker", "tag", "bench:1", f"{host}/bench:1"], env=env)
            yield ["docker", "push", f"{host}/bench:1"], {"env": env, "measure": of_daemon}
            measure(["docker", "rmi", f"{host}/bench:1"], env=env)

    def many_files(self):
        per_file = {}
        for count in self.options.files:
            project = self.project(f"files-{count}")
            text = Path(json.__file__).read_text()
            for number in range(count):
                folder = project / f"package{number // 1000}" / f"part{number // 50 % 20}"
                folder.mkdir(parents=True, exist_ok=True)
                start = number * 37 % (len(text) - 4000)
                (folder / f"module{number}.py").write_text(f"# {number}\n" + text[start:start + number % 4000])
            self.configure(project, "files")
            out = self.folder / "out.tar.gz"
            tar = ["sh", "-c", f"tar --sort=name --exclude=.bedrock_agentcore* -cf - . | gzip > {out}"]
            ours = Side("agentcore", lambda number: self.build(project, number))
            theirs = Side("tar and gzip", lambda number: contextlib.nullcontext((tar, {"cwd": project})))
            take_turns(self.options.runs, ours, theirs)
            per_file[count] = ours.median(0) / count
            first = per_file[self.options.files[min(1, len(self.options.files) - 1)]] if len(per_file) > 1 else None
            what = f"packaging {count:,} files"
            # Starting up weighs on the smallest, so the others are held against the second.
            linear = per_file[count] <= 1.3 * first if first else None
            self.report.add(what, seconds(ours.median(0)), theirs.name, seconds(theirs.median(0)), "linear growth", linear)
            self.report.add(f"{what}, peak memory", mib(ours.median(1)), theirs.name, mib(theirs.median(1)), "", None)
            shutil.rmtree(project)


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=1000, help="MB to push (default 1000)")
    parser.add_argument("--files", type=int, nargs="*", default=[1000, 10_000, 100_000], help="files to package")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement (default 3)")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/agentcore")
    options = parser.parse_args()
    if not options.binary.is_file():
        sys.exit(f"{options.binary} is not built; run `cargo build --release`")
    described = machine()
    with tempfile.TemporaryDirectory(prefix="agentcore-throughput-") as folder:
        (Path(folder) / "world").mkdir()
        bench = Bench(options, Path(folder))
        if options.size:
            bench.pushes()
        bench.many_files()
    print(f"# From files to a registry\n\n{described}; medians of {options.runs} runs.\n")
    bench.report.print()


if __name__ == "__main__":
    main()
