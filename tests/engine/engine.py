"""A Docker Engine of our own: started on private paths, used by the `docker` command, ended without a trace.

Nothing here touches an engine that the machine may already run: data, sockets, configuration and containerd
namespace are private, no bridge is made and no firewall rule is written; so builds run on the host's network.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SYSTEM_PATH = "/usr/bin:/usr/sbin:/bin:/sbin"
"""Where Debian's packages put docker and dockerd: a `docker` elsewhere may be something else."""

START_SECONDS = 60
STOP_SECONDS = 30
COMMAND_SECONDS = 900
"""No command takes nearly as long; a build whose network hangs would take for ever."""
LOG_LINES = 15


class NoEngineError(Exception):
    """This machine cannot run a Docker Engine; the message says why."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running Docker Engine whose whole state lies below `root`."""

    root: Path
    client: str

    @property
    def socket(self) -> Path:
        """The engine's Unix socket; its path must stay below the 108 bytes that Linux allows."""
        return self.root / "docker.sock"

    @property
    def host(self) -> str:
        """The value of DOCKER_HOST that leads here."""
        return f"unix://{self.socket}"

    @property
    def env(self) -> dict[str, str]:
        """The environment for commands that shall talk to this engine, whatever contexts the user has."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
        return inherited | {"DOCKER_HOST": self.host, "DOCKER_CONFIG": str(self.root / "config")}

    def docker(self, *arguments: str) -> str:
        """stdout of `docker ARGUMENTS`; AssertionError with both outputs when it fails."""
        return self._run(arguments, self.env)

    def build(
        self,
        tag: str,
        dockerfile: str,
        files: Mapping[str, bytes] | None = None,
        *,
        buildkit: bool,
        options: Sequence[str] = (),
    ) -> None:
        """Build `tag` from a Dockerfile and a context of `files` (path → content), with options of `docker build`.

        With BuildKit or else with the classic builder, on the host's network.
        """
        with tempfile.TemporaryDirectory(dir=self.root) as directory:
            context = Path(directory)
            for name, content in {**(files or {}), "Dockerfile": dockerfile.encode()}.items():
                (context / name).parent.mkdir(parents=True, exist_ok=True)
                (context / name).write_bytes(content)
            builder = {"DOCKER_BUILDKIT": str(int(buildkit)), "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
            self._run(("build", "--network", "host", *options, "--tag", tag, str(context)), self.env | builder)

    def save(self, tag: str, path: Path) -> None:
        """`docker save` of one image to `path`."""
        self.docker("save", "--output", str(path), tag)

    def forget(self, tag: str) -> None:
        """Remove an image with all that only its build left, so that the next build makes its layers itself.

        An engine keeps one layer per chain ID. Where another builder made the same one before, its size stays, and
        the builders do not measure alike (`HistoryRow.symlinks_counted`).
        """
        self.docker("image", "rm", "--force", tag)
        self.docker("image", "prune", "--force")
        self.docker("builder", "prune", "--force", "--all")

    @contextmanager
    def container(self, tag: str) -> Iterator[str]:
        """The id of a container made from `tag` and never started; it is gone afterwards."""
        identity = self.docker("create", tag, "true").strip()
        try:
            yield identity
        finally:
            self.docker("rm", identity)

    def _run(self, arguments: tuple[str, ...], env: Mapping[str, str]) -> str:
        done = subprocess.run(
            [self.client, *arguments], env=env, capture_output=True, check=False, timeout=COMMAND_SECONDS
        )
        output = done.stdout.decode(errors="replace")
        if done.returncode:
            complaint = done.stderr.decode(errors="replace")
            raise AssertionError(f"docker {' '.join(arguments)} failed:\n{output}{complaint}")
        return output


@contextmanager
def running_engine(system: Path | None = None) -> Iterator[Engine]:
    """Start a Docker Engine, and end it with all it left behind, whatever happens in between.

    `system` is the tar of a root file system whose engine is started, in place of the machine's own. Raises
    NoEngineError where the machine cannot run one.
    """
    client, daemon = _programs()
    # a short path, since Unix sockets below it have a limit of 108 bytes
    root = Path(tempfile.mkdtemp(prefix="li-", suffix="e", dir="/tmp"))
    process = None
    try:
        process = _start([*_within(system, root), daemon], root)
        engine = Engine(root, client)
        _wait_until_ready(engine, process)
        yield engine
    finally:
        _stop(process)
        _end_processes_below(root)
        _unmount_below(root)
        shutil.rmtree(root)


def _programs() -> tuple[str, str]:
    """The paths of docker and dockerd."""
    if sys.platform != "linux":
        raise NoEngineError("a Docker Engine of our own runs on Linux only")
    if os.geteuid() != 0:
        raise NoEngineError("starting a Docker Engine needs root")
    client, daemon = (shutil.which(name, path=SYSTEM_PATH) for name in ("docker", "dockerd"))
    if client is None or daemon is None:
        raise NoEngineError("docker and dockerd are not installed (Debian: apt-get install docker.io)")
    return client, daemon


def _within(system: Path | None, root: Path) -> list[str]:
    """What stands before a command to run it in another system, where `root` and what the kernel shows are the same.

    In a mount namespace of its own: with the process all its mounts are gone.
    """
    if system is None:
        return []
    inside = root / "system"
    inside.mkdir()
    subprocess.run(["tar", "--numeric-owner", "-C", str(inside), "-xpf", str(system)], check=True)
    shutil.copyfile("/etc/resolv.conf", inside / "etc/resolv.conf")
    (inside / root.relative_to("/")).mkdir(parents=True)
    script = [
        f"mount --bind {inside} {inside}",
        *(f"mount --rbind /{each} {inside}/{each}" for each in ("dev", "proc", "sys")),
        f"mount --bind {root} {inside}{root}",
        # no chroot: the engine remounts what it takes for the root, which must be a mount
        f"cd {inside} && pivot_root . . && umount --lazy .",
        'exec "$@"',
    ]
    return ["unshare", "--mount", "sh", "-ec", "; ".join(script), "sh"]


def _start(daemon: list[str], root: Path) -> subprocess.Popen[bytes]:
    """Start dockerd; `setpriv --pdeathsig` ends it even when pytest is killed."""
    (root / "config").mkdir()
    # The classic image store, also where containerd's is the default: its `docker history` is the oracle.
    (root / "daemon.json").write_text('{"features": {"containerd-snapshotter": false}}')
    # containerd allows no two separators side by side in a name, which a random one may have
    namespace = root.name.replace("_", "x")
    command = [
        *("setpriv", "--pdeathsig", "TERM", *daemon),
        *("--config-file", f"{root}/daemon.json"),
        *("--data-root", f"{root}/data"),
        *("--exec-root", f"{root}/exec"),
        *("--pidfile", f"{root}/pid"),
        *("--host", f"unix://{root}/docker.sock"),
        *("--containerd-namespace", namespace),
        *("--containerd-plugins-namespace", f"{namespace}-plugins"),
        *("--storage-driver", "overlay2"),
        *("--bridge=none", "--iptables=false", "--ip-forward=false"),
    ]
    with (root / "log").open("wb") as log:
        # its own session, so that Ctrl-C reaches the tests and not the engine they still need for cleaning up
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


def _wait_until_ready(engine: Engine, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NoEngineError(f"dockerd stopped at its start; the end of its log:\n{_log_end(engine)}")
        answer = subprocess.run([engine.client, "version"], env=engine.env, capture_output=True, check=False)
        if answer.returncode == 0:
            return
        time.sleep(0.1)
    raise NoEngineError(f"dockerd did not answer in {START_SECONDS} s:\n{_log_end(engine)}")


def _log_end(engine: Engine) -> str:
    lines = (engine.root / "log").read_text(errors="replace").splitlines()
    return "\n".join(lines[-LOG_LINES:])


def _stop(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_processes_below(root: Path) -> None:
    """End what dockerd started and left: containerd and its shims have our directory in their arguments."""
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (directory / "cmdline").read_bytes()
            if f"{root}/".encode() in arguments:
                os.kill(int(directory.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended by itself meanwhile


def _unmount_below(root: Path) -> None:
    """Unmount what is left below `root`, the innermost first: overlays, network namespaces, the data directory."""
    mounts = Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines()
    for line in reversed(mounts):
        mount_point = line.split()[4]
        if mount_point.startswith(f"{root}/"):
            subprocess.run(["umount", "--lazy", mount_point], check=False)
