"""Engines where the docker, podman and ctr commands find them: contexts, TLS, SSH, sockets, namespaces."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from inspector.errors import Cancelled, ImageNotFound, InspectorError, SourceUnavailable
from inspector.line import inspect_image
from inspector.reference import parse_reference
from inspector.sources import engine_clients
from inspector.sources.protocol import Options, ReadEvent
from inspector.sources.resolve import open_source

from .parts import free_port, listens, missing, need, run, running
from .registry import private_certificate
from .samples import TAG, sample_archive
from .test_conformance import running_containerd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import Engine

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "sample.tar"
    path.write_bytes(sample_archive())
    return path


@pytest.fixture(scope="module")
def loaded(engine: Engine, archive: Path) -> Engine:
    """The engine with the sample."""
    engine.docker("load", "-i", str(archive))
    return engine


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No engine is configured; the folder of docker's configuration."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "CONTAINER_HOST"):
        monkeypatch.delenv(name, raising=False)
    config = tmp_path / "docker"
    config.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(config))
    return config


def context(config: Path, name: str, host: str, *, certificates: dict[str, Path] | None = None) -> None:
    """A context as `docker context create` writes it; the SDK looks for contexts beside a config.json only."""
    (config / "config.json").write_text("{}")
    identity = sha256(name.encode()).hexdigest()
    meta = config / "contexts" / "meta" / identity
    meta.mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": False}
    (meta / "meta.json").write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}}))
    tls = config / "contexts" / "tls" / identity / "docker"
    tls.mkdir(parents=True)
    for file, source in (certificates or {}).items():
        shutil.copy(source, tls / file)


def refusal(reference: str) -> SourceUnavailable:
    with pytest.raises(SourceUnavailable) as caught:
        inspect_image(reference)
    return caught.value


def test_the_current_context_leads_to_the_engine(loaded: Engine, nowhere: Path) -> None:
    context(nowhere, "there", loaded.host)
    (nowhere / "config.json").write_text('{"currentContext": "there"}')
    assert inspect_image(f"docker:{TAG}").image.source == "docker"


def test_docker_context_names_a_context_and_docker_host_goes_before_it(
    loaded: Engine, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context(nowhere, "there", loaded.host)
    context(nowhere, "gone", f"unix://{nowhere}/gone.sock")
    monkeypatch.setenv("DOCKER_CONTEXT", "there")
    assert inspect_image(f"docker:{TAG}").image.source == "docker"
    monkeypatch.setenv("DOCKER_CONTEXT", "gone")
    assert refusal(f"docker:{TAG}").message == "Docker Engine is not running"
    monkeypatch.setenv("DOCKER_HOST", loaded.host)
    assert inspect_image(f"docker:{TAG}").image.source == "docker"


def test_a_context_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "nowhere")
    assert refusal("docker:x").message == "there is no docker context nowhere"


def test_a_damaged_context_is_named(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context(nowhere, "bad", "unix:///x")
    for meta in (nowhere / "contexts" / "meta").glob("*/meta.json"):
        meta.write_text("{")
    monkeypatch.setenv("DOCKER_CONTEXT", "bad")
    assert refusal("docker:x").message.startswith("the docker context bad cannot be read: ")


def test_a_damaged_configuration_is_an_error_of_one_line(
    loaded: Engine, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nowhere / "config.json").write_text('{"auths": {"ghcr.io": {"auth": ""}}}')
    monkeypatch.setenv("DOCKER_HOST", loaded.host)
    with suppress(SourceUnavailable):
        inspect_image(f"docker:{TAG}")


def test_a_missing_tag_is_answered_with_all_tags_of_its_repository(
    loaded: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", loaded.host)
    for tag in ("2.0", "1.3", "1.4"):
        loaded.docker("tag", TAG, f"leaninspect/tags:{tag}")
    with pytest.raises(ImageNotFound) as caught:
        inspect_image("docker:leaninspect/tags:1.5")
    assert caught.value.message == "Docker Engine has no image leaninspect/tags:1.5"
    assert caught.value.hint == "did you mean leaninspect/tags:1.4, leaninspect/tags:1.3 or leaninspect/tags:2.0?"
    for tag in ("2.0", "1.3", "1.4"):
        loaded.docker("image", "rm", f"leaninspect/tags:{tag}")


@contextmanager
def tls_before(path: Path, certificate: Path, key: Path, authority: Path) -> Iterator[int]:
    """A port that speaks TLS, asks for a certificate of the authority, and passes on to a Unix socket."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    tls.load_verify_locations(authority)
    tls.verify_mode = ssl.CERT_REQUIRED

    def copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def pass_on(accepted: socket.socket) -> None:
        with accepted, suppress(ssl.SSLError), tls.wrap_socket(accepted, server_side=True) as front:
            back = socket.socket(socket.AF_UNIX)
            with back:
                back.connect(str(path))
                answers = Thread(target=copy, args=(back, front))
                answers.start()
                copy(front, back)
                answers.join()

    def serve(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                Thread(target=pass_on, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def test_a_context_with_tls_shows_its_certificate(
    loaded: Engine, nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = private_certificate(tmp_path)
    with tls_before(loaded.socket, made.certificate, made.key, made.authority) as port:
        files = {"ca.pem": made.authority, "cert.pem": made.certificate, "key.pem": made.key}
        context(nowhere, "secure", f"tcp://127.0.0.1:{port}", certificates=files)
        monkeypatch.setenv("DOCKER_CONTEXT", "secure")
        assert inspect_image(f"docker:{TAG}").image.source == "docker"
        for name, path in files.items():
            shutil.copy(path, tmp_path / name)
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
        monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
        assert inspect_image(f"docker:{TAG}").image.source == "docker"


@pytest.fixture
def ssh_host(loaded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An ssh:// address of a server of our own, on which docker leads to the engine."""
    need("sshd", "ssh", "ssh-keygen", root=True)
    for key in ("host", "client"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / key))
    port = free_port()
    (tmp_path / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {tmp_path}/client.pub\nPasswordAuthentication no\n"
        f'SetEnv DOCKER_HOST={loaded.host} PATH="{Path(loaded.client).parent}:/usr/bin:/bin"\n'
    )
    (tmp_path / "ssh_config").write_text(
        f"Host *\nIdentityFile {tmp_path}/client\nUserKnownHostsFile {tmp_path}/known\nStrictHostKeyChecking no\n"
    )
    wrapper = tmp_path / "bin" / "ssh"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho $$ >> {tmp_path}/pids\nexec /usr/bin/ssh -F {tmp_path}/ssh_config "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent), prepend=os.pathsep)
    Path("/run/sshd").mkdir(exist_ok=True)
    sshd = shutil.which("sshd", path="/usr/sbin") or missing("sshd is not installed")
    command = [sshd, "-D", "-e", "-f", str(tmp_path / "sshd_config")]
    with running(command, tmp_path / "log", lambda: listens(port)):
        yield f"ssh://{getpass.getuser()}@127.0.0.1:{port}"


def test_an_engine_is_read_over_ssh(ssh_host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", ssh_host)
    assert inspect_image(f"docker:{TAG}").image.source == "docker"
    with pytest.raises(ImageNotFound) as caught:
        inspect_image("docker:leaninspect/sampel:1")
    assert caught.value.hint.startswith(f"did you mean {TAG}")
    pids = (tmp_path / "pids").read_text().split()
    assert pids and not [pid for pid in pids if is_running(int(pid))]


def test_a_context_may_lead_over_ssh(ssh_host: str, nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context(nowhere, "far", ssh_host)
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    assert inspect_image(f"docker:{TAG}").image.source == "docker"


def test_what_ssh_says_is_told(ssh_host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "client").unlink()
    monkeypatch.setenv("DOCKER_HOST", ssh_host)
    error = refusal(f"docker:{TAG}")
    assert error.message.startswith("Docker Engine cannot be reached over SSH: ")
    assert "Permission denied (publickey" in error.message
    assert error.hint == f"`ssh {ssh_host.removeprefix('ssh://')} docker version` must work without a question"


def test_podman_is_found_at_the_users_own_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert next(engine_clients._podman_addresses()) == "unix:///run/podman/podman.sock"
    own = tmp_path / "podman" / "podman.sock"
    own.parent.mkdir()
    own.touch()
    assert list(engine_clients._podman_addresses()) == [f"unix://{own}", "unix:///run/podman/podman.sock"]


def test_podman_over_ssh_is_answered_with_a_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINER_HOST", "ssh://core@far/run/user/1000/podman/podman.sock")
    error = refusal("podman:x")
    assert error.message.startswith("podman over SSH cannot be read: CONTAINER_HOST is ssh://core@far/")
    assert error.hint.startswith("forward its socket: ssh -fNL ")


@pytest.fixture(scope="module")
def address(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A containerd with the sample in two namespaces, under another name in one."""
    with running_containerd(tmp_path_factory.mktemp("ctd")) as address:
        for namespace in ("moby", "mine"):
            run("ctr", "-a", address, "-n", namespace, "images", "import", "--no-unpack", str(archive))
        yield address


def test_containerds_namespaces_are_searched(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINERD_ADDRESS", address)
    found = inspect_image(f"containerd:{TAG}")
    assert inspect_image(f"containerd:docker.io/{TAG}").scans == found.scans
    monkeypatch.setenv("CONTAINERD_NAMESPACE", "mine")
    assert inspect_image(f"containerd:{TAG}").scans == found.scans
    monkeypatch.setenv("CONTAINERD_NAMESPACE", "empty")
    with pytest.raises(ImageNotFound) as caught:
        inspect_image(f"containerd:{TAG}")
    assert caught.value.message == f"containerd has no image docker.io/{TAG} in its namespaces empty"


def test_a_name_almost_right_is_suggested(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINERD_ADDRESS", address)
    with pytest.raises(ImageNotFound) as caught:
        inspect_image("containerd:leaninspect/sampel:1")
    assert caught.value.hint == f"did you mean docker.io/{TAG}?"


def test_stopping_ends_ctr(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINERD_ADDRESS", address)
    source, before = open_source(parse_reference(f"containerd:{TAG}"), Options()), children()
    with closing(source.open_layer(0)) as chunks:
        next(chunks)
        assert children() != before
    assert children() == before

    def stop(_: ReadEvent) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        inspect_image(f"containerd:{TAG}", watch=stop)
    assert children() == before


def test_containerd_that_is_not_there_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    need("ctr")
    monkeypatch.setenv("CONTAINERD_ADDRESS", str(tmp_path / "sock"))
    started = time.monotonic()
    assert refusal("containerd:x").message == f"containerd is not running: there is no {tmp_path}/sock"
    assert time.monotonic() - started < 1


def test_a_socket_without_permission_is_told(address: str) -> None:
    """As another user, in a process of its own."""
    code = (
        "import os, sys\n"
        "from inspector.sources.containerd import open_containerd_image\n"
        "from inspector.sources.protocol import Options\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "try: open_containerd_image('x', Options())\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    env = {**os.environ, "CONTAINERD_ADDRESS": address}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.stdout == f"SourceUnavailable permission denied on containerd's socket {address}\n", done.stderr


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def children() -> set[str]:
    """The processes that this one started and that still run."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_errors_are_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable, value, reference in (
        ("DOCKER_HOST", "rubbish", "docker:x"),
        ("DOCKER_HOST", "tcp://127.0.0.1:1", "docker:x"),
        ("DOCKER_HOST", "ssh://", "docker:x"),
        ("DOCKER_HOST", f"unix://{tmp_path}", "docker:x"),
        ("CONTAINER_HOST", "rubbish://", "podman:x"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(variable, value)
            with pytest.raises(InspectorError):
                inspect_image(reference)
