"""Lets a Python agent that expects a container of its own run beside others on one machine.

Python imports this module at start-up because its directory comes first on PYTHONPATH. It sends a bind to the port of
the container contract to the port that the runner assigned, and every other wildcard bind to loopback; it keeps the
machine's own packages out of sight; and then it hands over to the `sitecustomize` that would have been imported
without it. It reads:

AGENTCORE_SANDBOX_PORT   "8080=41233": contract port and assigned port; more such pairs after commas
AGENTCORE_SANDBOX_ROOT   directory of the unpacked image (process runner only)
AGENTCORE_SANDBOX_SOURCE directory of a source that is being edited (local agents only)
AGENTCORE_SANDBOX_GIVEN  JSON of variables that tell the assigned port, with what they were before
AGENTCORE_SANDBOX_MOUNTS JSON of the session's mounts: path for the agent, folder that it is
AGENTCORE_SANDBOX_VARIABLES  JSON of variables whose names no shell passes on
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
_LOOPBACK = "127.0.0.1"


def _assigned():
    pairs = [pair.partition("=") for pair in os.environ.get("AGENTCORE_SANDBOX_PORT", "").split(",")]
    return {int(wanted): int(own) for wanted, _, own in pairs if wanted.isdigit() and own.isdigit()}


_PORTS = _assigned()


_told = False


def _tell_of_the_port():
    """Only a shell around this process can have known the assigned port."""
    global _told
    if not _told:
        _told = True
        contract = next(iter(_PORTS))
        print(
            "[sandbox] the agent took its port from the variable PORT, which the service does not set: there it has to "
            "listen on %d by itself" % contract,
            file=sys.stderr,
            flush=True,
        )


def local_address(host, port, dual_stack=False):
    """Where a listener goes that asked for `host` (any family) and `port`."""
    wildcard = host in (None, "", "0.0.0.0", "::", "::0")
    if port and port in _PORTS.values():
        _tell_of_the_port()
    own = _PORTS.get(port)
    if own is None and not wildcard:
        return host, port
    if host is not None and ":" in host:
        host = "::ffff:" + _LOOPBACK if dual_stack else "::1"
    else:
        host = _LOOPBACK
    return host, port if own is None else own


def _wrap_sockets():
    import socket

    plain = socket.socket.bind

    def bind(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple) and len(address) >= 2:
            host, dual = address[0], False
            if self.family == socket.AF_INET6:
                host = host or "::"
                dual = not self.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
            if isinstance(host, str) and isinstance(address[1], int):
                address = local_address(host, address[1], dual) + tuple(address[2:])
        return plain(self, address)

    socket.socket.bind = bind


class _UvloopHook:
    """uvloop binds in C, below `socket`; its `create_server` is wrapped when somebody imports it."""

    def find_spec(self, name, path=None, target=None):
        if name != "uvloop":
            return None
        import importlib.util

        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                _wrap_uvloop(module)

            spec.loader.exec_module = exec_module
        return spec


def _wrap_uvloop(module):
    plain = module.Loop.create_server

    async def create_server(self, protocol_factory, host=None, port=None, **options):
        if options.get("sock") is None and isinstance(port, int) and (host is None or isinstance(host, str)):
            host, port = local_address(host, port)
        return await plain(self, protocol_factory, host, port, **options)

    module.Loop.create_server = create_server


def _stay_first(environment):
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path and path != _HERE]
    environment["PYTHONPATH"] = os.pathsep.join([_HERE] + paths)


def _wrap_exec():
    """A launcher such as `opentelemetry-instrument` puts its own `sitecustomize` in front and replaces the process."""
    execv, execve = os.execv, os.execve

    def exec_same(path, args):
        _stay_first(os.environ)
        return execv(path, args)

    def exec_with(path, args, env):
        env = dict(env)
        _stay_first(env)
        return execve(path, args, env)

    os.execv, os.execve = exec_same, exec_with


def _hide_own_packages():
    """An image holds what the agent needs; what this machine happens to have installed must not stand in for it."""
    root = os.environ.get("AGENTCORE_SANDBOX_ROOT")
    if not root:
        return
    root = os.path.join(os.path.realpath(root), "")

    def kept(path):
        if os.path.basename(path) not in ("site-packages", "dist-packages"):
            return True
        return os.path.realpath(path).startswith(root)

    sys.path[:] = [path for path in sys.path if kept(path)]


def _keep_no_byte_code_of_source():
    """Byte code counts as current by the second and the size of its source: of a file that was saved twice within a
    second, the old one would be run."""
    root = os.environ.get("AGENTCORE_SANDBOX_SOURCE")
    if not root:
        return
    from importlib.machinery import SourceFileLoader

    root = os.path.join(os.path.realpath(root), "")
    plain = SourceFileLoader._cache_bytecode

    def cache_bytecode(self, source_path, bytecode_path, data):
        path = os.path.realpath(source_path)
        if path.startswith(root) and "site-packages" not in path:
            return None
        return plain(self, source_path, bytecode_path, data)

    SourceFileLoader._cache_bytecode = cache_bytecode


def _wrap_paths():
    """Leads what Python opens below a mount of the session to its folder. Native code sees this machine's own path."""
    text = os.environ.get("AGENTCORE_SANDBOX_MOUNTS")
    if not text:
        return
    import builtins
    import io
    import json

    mounts = json.loads(text)

    def led(path):
        if not isinstance(path, (str, bytes, os.PathLike)):
            return path
        plain = os.fspath(path)
        name = os.fsdecode(plain)
        for mount, folder in mounts.items():
            if name == mount or name.startswith(mount + "/"):
                name = folder + name[len(mount) :]
                return os.fsencode(name) if isinstance(plain, bytes) else name
        return path

    def wrap(module, name, paths):
        plain = getattr(module, name, None)
        if plain is None:
            return

        def wrapped(*arguments, **options):
            first = tuple(led(argument) for argument in arguments[:paths])
            return plain(*first, *arguments[paths:], **options)

        setattr(module, name, wrapped)

    for name in ("access", "chmod", "chown", "listdir", "lstat", "mkdir", "open", "readlink", "remove", "rmdir"):
        wrap(os, name, 1)
    for name in ("scandir", "stat", "statvfs", "truncate", "unlink", "utime"):
        wrap(os, name, 1)
    for name in ("link", "rename", "replace", "symlink"):
        wrap(os, name, 2)
    wrap(builtins, "open", 1)
    io.open = builtins.open


def _hand_over():
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    paths = [path for path in sys.path if os.path.abspath(path or ".") != _HERE]
    spec = PathFinder.find_spec("sitecustomize", paths)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


def _restore_variables():
    text = os.environ.pop("AGENTCORE_SANDBOX_VARIABLES", None)
    if text:
        import json

        os.environ.update(json.loads(text))


def _take_back_port():
    """The assigned port is for programs that this module does not reach; the service sets no such variable."""
    text = os.environ.pop("AGENTCORE_SANDBOX_GIVEN", None)
    if not text:
        return
    import json

    for name, before in json.loads(text).items():
        if os.environ.get(name) not in map(str, _PORTS.values()):
            continue
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


_restore_variables()
_take_back_port()
_wrap_sockets()
_wrap_exec()
_wrap_paths()
sys.meta_path.insert(0, _UvloopHook())
_hide_own_packages()
_keep_no_byte_code_of_source()
_hand_over()
