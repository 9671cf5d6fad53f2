"""`leaninspect build` and `docker leaninspect`, by the real docker and podman commands."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .engine import SYSTEM_PATH
from .machine import BUSYBOX_TAG
from .parts import need

if TYPE_CHECKING:
    from .engine import Engine

pytestmark = pytest.mark.engine

DOCKERFILE = """ARG IMAGE=nothing
FROM ${IMAGE} AS run
ARG TEXT=default
RUN echo $TEXT > /text
COPY big /big
RUN rm /big
FROM run AS other
RUN exit 7
"""

BIG = 300_000


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """A build context in which the stage `run` has waste, and the last one fails."""
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "big").write_bytes(bytes(BIG))
    return folder


def leaninspect(
    *arguments: str, cwd: Path, env: dict[str, str], stdin: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    ours = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": SYSTEM_PATH, "LEANINSPECT_CACHE_DIR": str(cwd / "cache")}
    command = [sys.executable, "-P", "-m", "inspector", *arguments]
    return subprocess.run(
        command, cwd=cwd, env={**env, **ours, **more}, input=stdin, capture_output=True, text=True, timeout=120
    )


def built(
    *arguments: str, cwd: Path, env: dict[str, str], **more: str
) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
    """The JSON report of a build that works, and the process."""
    done = leaninspect("build", *arguments, "--json", "-", cwd=cwd, env=env, **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done


OPTIONS = ("--network", "host", "--target", "run", "--build-arg", f"IMAGE={BUSYBOX_TAG}", "--build-arg", "TEXT=mine")


@pytest.mark.parametrize("buildkit", ["0", "1"], ids=["classic", "buildkit"])
def test_an_image_is_built_and_known_by_its_dockerfile(
    engine: Engine, busybox: str, context: Path, buildkit: str
) -> None:
    cwd = context.parent
    report, done = built(*OPTIONS, "-tlean/b:1", "context", cwd=cwd, env=engine.env, DOCKER_BUILDKIT=buildkit)
    assert " > /text" in done.stderr  # what the builder said
    assert report["image"]["reference"] == "docker:lean/b:1"
    assert report["image"]["base"]["name"] == BUSYBOX_TAG
    lines = {step["text"]: step["dockerfile"] for step in report["instructions"] if step["dockerfile"]}
    assert [(each["path"], each["first_line"]) for each in lines.values()][-2:] == [
        ("context/Dockerfile", 5),
        ("context/Dockerfile", 6),
    ]
    assert report["ledger"]["deleted_bytes"] == BIG
    assert report["image"]["id"] == engine.docker("image", "inspect", "-f", "{{.Id}}", "lean/b:1").strip()


@pytest.mark.parametrize(("buildkit", "code"), [("0", 7), ("1", 1)], ids=["classic", "buildkit"])
def test_the_exit_code_of_a_failed_build_is_kept(
    engine: Engine, busybox: str, context: Path, buildkit: str, code: int
) -> None:
    arguments = ("build", "--network=host", "--build-arg", f"IMAGE={BUSYBOX_TAG}", ".")
    done = leaninspect(*arguments, cwd=context, env=engine.env, DOCKER_BUILDKIT=buildkit)
    assert (done.returncode, done.stdout) == (code, "")
    assert "exit 7" in done.stderr


def test_a_file_for_the_id_is_the_users_own(engine: Engine, busybox: str, context: Path) -> None:
    report, _ = built(*OPTIONS, "--iidfile", "id", "-f", "Dockerfile", ".", cwd=context, env=engine.env)
    assert (context / "id").read_text() == report["image"]["id"]
    assert report["image"]["reference"] == f"docker:{report['image']['id']}"


def test_a_dockerfile_on_stdin_is_built_and_its_lines_are_said_to_be_unknown(
    engine: Engine, busybox: str, tmp_path: Path
) -> None:
    text = f"FROM {BUSYBOX_TAG}\nENV A=1\n"
    arguments = ("build", "--summary", "-t", "lean/stdin", "-")
    done = leaninspect(*arguments, cwd=tmp_path, env=engine.env, stdin=text, DOCKER_BUILDKIT="0")
    assert done.returncode == 0, done.stderr
    assert "leaninspect: note: the Dockerfile is on no disk here" in done.stderr
    assert done.stdout.startswith("docker:lean/stdin ")


def test_without_docker_and_podman_it_is_said_what_is_missing(tmp_path: Path) -> None:
    for options, message in (
        ((), "neither docker nor podman is installed"),
        (("--podman",), "podman is not installed"),
    ):
        done = leaninspect("build", *options, ".", cwd=tmp_path, env=dict(os.environ), PATH=str(tmp_path))
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, f"leaninspect: error: {message}")


@pytest.fixture
def podman_store(tmp_path: Path) -> dict[str, str]:
    """The environment of a podman with a store of its own, and no service."""
    need("podman", root=True)
    (tmp_path / "storage.conf").write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{tmp_path}/root"\nrunroot = "{tmp_path}/run"\n'
    )
    (tmp_path / "containers.conf").write_text('[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n')
    env = {name: value for name, value in os.environ.items() if name != "CONTAINER_HOST"}
    return env | {
        "CONTAINERS_STORAGE_CONF": f"{tmp_path}/storage.conf",
        "CONTAINERS_CONF": f"{tmp_path}/containers.conf",
    }


def test_podman_builds_and_needs_no_service_that_runs(podman_store: dict[str, str], context: Path) -> None:
    (context / "Containerfile").write_text("FROM scratch\nCOPY big /big\nCOPY Dockerfile /big\n")
    report, done = built("--podman", "-t", "lean/p:1", ".", cwd=context, env=podman_store)
    assert "COPY Dockerfile /big" in done.stderr
    assert (report["image"]["reference"], report["image"]["source"]) == ("podman:lean/p:1", "podman")
    assert report["instructions"][-1]["dockerfile"]["path"] == "Containerfile"
    assert report["instructions"][-1]["dockerfile"]["first_line"] == 3
    assert report["ledger"]["overwritten_bytes"] == BIG


def test_without_docker_podman_builds(podman_store: dict[str, str], context: Path) -> None:
    (context / "Containerfile").write_text("FROM scratch\nCOPY big /big\n")
    programs = context.parent / "programs"
    programs.mkdir()
    (programs / "podman").symlink_to(shutil.which("podman", path=SYSTEM_PATH) or "")
    report, _ = built(".", cwd=context, env=podman_store, PATH=str(programs))
    assert report["image"]["source"] == "podman"


@pytest.fixture
def with_plugin(engine: Engine, tmp_path: Path) -> dict[str, str]:
    """The environment of a docker command that has the plugin."""
    config = tmp_path / "docker config"
    env = {**engine.env, "DOCKER_CONFIG": str(config), "PYTHONPATH": os.pathsep.join(sys.path), "PATH": SYSTEM_PATH}
    done = leaninspect("install-plugin", cwd=tmp_path, env=env)
    plugin = config / "cli-plugins" / "docker-leaninspect"
    assert (done.returncode, done.stdout) == (0, f"{plugin}: docker leaninspect IMAGE\n")
    assert stat.S_IMODE(plugin.stat().st_mode) == 0o755
    return {**env, "LEANINSPECT_CACHE_DIR": str(tmp_path / "cache")}


def docker(engine: Engine, *arguments: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([engine.client, *arguments], env=env, cwd=cwd, capture_output=True, text=True, timeout=60)


def test_docker_has_the_command_leaninspect(
    engine: Engine, busybox: str, with_plugin: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "inspector").mkdir()  # a folder of that name where docker is called is not ours
    (tmp_path / "inspector" / "__init__.py").write_text("raise SystemExit('another')")
    done = docker(engine, "leaninspect", BUSYBOX_TAG, "--json", "-", env=with_plugin, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["image"]["source"] == "docker"
    listed = docker(engine, "--help", env=with_plugin, cwd=tmp_path).stdout
    assert "Browse an image layer by layer, and what is waste in it" in listed
    assert "Usage: docker leaninspect " in docker(engine, "leaninspect", "--help", env=with_plugin, cwd=tmp_path).stdout


def test_dockers_global_options_are_heeded(
    engine: Engine, busybox: str, with_plugin: dict[str, str], tmp_path: Path
) -> None:
    elsewhere = {**with_plugin, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    asked = ("leaninspect", f"docker:{BUSYBOX_TAG}", "--summary")
    assert docker(engine, *asked, env=elsewhere, cwd=tmp_path).returncode == 2
    assert docker(engine, "-H", engine.host, *asked, env=elsewhere, cwd=tmp_path).returncode == 0
    assert docker(engine, f"--host={engine.host}", *asked, env=elsewhere, cwd=tmp_path).returncode == 0
    Path(with_plugin["DOCKER_CONFIG"], "config.json").write_text("{}")  # beside which the SDK looks for contexts
    docker(engine, "context", "create", "there", "--docker", f"host={engine.host}", env=with_plugin, cwd=tmp_path)
    assert docker(engine, "--context", "there", *asked, env=elsewhere, cwd=tmp_path).returncode == 0


def test_the_plugins_mistakes_keep_their_exit_code(engine: Engine, with_plugin: dict[str, str], tmp_path: Path) -> None:
    done = docker(engine, "leaninspect", "docker:lean/none:1", env=with_plugin, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("leaninspect: error: Docker Engine has no image lean/none:1\n")
