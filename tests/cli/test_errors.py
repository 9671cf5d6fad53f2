"""Wrong input and a wrong environment: one line, a hint, exit code 2; interrupts 130; a closed pipe nothing."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.demo.archive import Member, Step, docker_archive, image_config, tar_layer
from tests.cli.conftest import NO_SPACE, Run, command, environment, left_early, on_a_full_disk


def test_engine_not_running(run: Run) -> None:
    outcome = run("docker:app:1")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err == (
        "leaninspect: error: Docker Engine is not running\n"
        "  hint: start it, or set DOCKER_HOST or `docker context use` to where it runs\n"
    )


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs root, to give a socket to another user")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv of util-linux is missing")
def test_permission_denied_on_the_socket(tmp_path: Path) -> None:
    path = Path(f"/tmp/leaninspect-{os.getpid()}.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        try:
            os.chown(path, 65534, 65534)
            path.chmod(0o600)
            drop = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"]
            done = subprocess.run(
                [*drop, *command("docker:app:1")],
                capture_output=True,
                cwd=tmp_path,
                env={**environment(DOCKER_HOST=f"unix://{path}"), "PYTHONPATH": os.pathsep.join(sys.path)},
                timeout=60,
            )
        finally:
            path.unlink()
    assert done.stderr.decode() == (
        "leaninspect: error: permission denied on the socket of Docker Engine\n"
        "  hint: run as a member of the docker group, with sudo, or use a rootless engine\n"
    )
    assert done.returncode == 2


def test_no_such_file(run: Run) -> None:
    outcome = run("./absent.tar")
    assert (outcome.code, outcome.err) == (
        2,
        "leaninspect: error: no such file: ./absent.tar\n  hint: check the path\n",
    )


@pytest.mark.parametrize("arguments", [("absent.tar",), ("plan", "absent.tar.gz:1")])
def test_a_name_that_ends_like_a_file_is_one_and_looked_for_nowhere_else(run: Run, arguments: tuple[str, ...]) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.err) == (
        2,
        f"leaninspect: error: no such file: {arguments[-1]}\n  hint: check the path\n",
    )


def test_a_name_in_a_folder_that_is_there_is_told_as_no_file_before_all_else(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    outcome = run("out/absent")
    assert outcome.code == 2
    assert outcome.err.startswith(
        "leaninspect: error: out/absent was not found: there is no file out/absent; Docker Engine is not running; "
    )


def test_not_an_archive(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello\n" * 200)
    outcome = run("notes.txt")
    assert outcome.code == 2
    assert outcome.err.startswith("leaninspect: error: notes.txt cannot be read as an image archive: no tar header")
    assert len(outcome.err.splitlines()) == 2


def test_truncated_archive(run: Run, tmp_path: Path, fat_tar: Path) -> None:
    (tmp_path / "cut.tar").write_bytes(fat_tar.read_bytes()[:1_000_000])
    outcome = run("cut.tar")
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert len(outcome.err.splitlines()) == 2


def test_layer_that_is_not_what_its_digest_says(run: Run, tmp_path: Path) -> None:
    layer, other = (tar_layer([Member("f", content)]) for content in (b"one", b"two"))
    config = image_config([Step("COPY f /", layer)], created="2026-01-01T00:00:00Z")
    (tmp_path / "swapped.tar").write_bytes(docker_archive({"app:1": (config, [other])}))
    outcome = run("swapped.tar")
    assert outcome.code == 2
    assert outcome.err.startswith("leaninspect: error: layer 0 is not what the image promises: sha256:")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bad"], "leaninspect: error: No such option '--bad'."),
        (["demo", "thin"], "leaninspect: error: Invalid value for '[fat|lean|compare]'"),
        (["inspect"], "leaninspect: error: Missing argument 'IMAGE'."),
        (["docker://app:1"], "leaninspect: error: docker://app:1 is a URL, and leaninspect takes references"),
        (["inspect", "x.tar", "--files"], "leaninspect: error: --files goes with --json FILE"),
        (["x.tar", "--platform", "amd64"], "leaninspect: error: 'amd64' is not a platform"),
    ],
)
def test_wrong_arguments(run: Run, arguments: list[str], message: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.err.startswith(message)
    assert len(outcome.err.splitlines()) == 2


@pytest.mark.parametrize("glob", ["[]", "[z-a]", "{", "(", "**/a**/b**/c*x*y*z"])
def test_any_text_is_a_glob_to_ignore(run: Run, fat_tar: Path, glob: str) -> None:
    assert run(str(fat_tar), "--ignore", glob) == run(str(fat_tar))


def test_report_into_a_missing_folder_leaves_nothing(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    outcome = run(str(fat_tar), "--json", "nowhere/report.json")
    assert outcome.code == 2
    assert outcome.err.startswith("leaninspect: error: cannot write nowhere/report.json: no such file or directory")
    assert not (tmp_path / "nowhere").exists()


def test_debug_shows_the_traceback(run: Run) -> None:
    outcome = run("docker:app:1", "--debug")
    assert outcome.code == 2
    assert "Traceback (most recent call last)" in outcome.err
    assert "leaninspect: error: Docker Engine is not running" in outcome.err


@pytest.mark.parametrize("arguments", [["fat.tar"], ["fat.tar", "--json", "-"], ["--help"], ["cache", "info"]], ids=str)
def test_a_full_disk_behind_stdout_is_told(tmp_path: Path, fat_tar: Path, arguments: list[str]) -> None:
    given = [str(fat_tar) if argument == "fat.tar" else argument for argument in arguments]
    assert on_a_full_disk(*given, cwd=tmp_path) == (2, NO_SPACE)


def test_reader_that_closes_the_pipe_hears_nothing(tmp_path: Path, fat_tar: Path) -> None:
    assert left_early(b"{", str(fat_tar), "--json", "-", "--files", cwd=tmp_path) == (0, b"")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_ctrl_c_while_reading(tmp_path: Path, fat_tar: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        command(f"docker-archive:{pipe}"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(TMPDIR=str(tmp_path)),
    )
    writer = os.open(pipe, os.O_RDWR)  # which waits for no reader, should the process have failed
    try:
        fed = 0
        data = fat_tar.read_bytes()[:500_000]
        while fed < len(data):
            fed += os.write(writer, data[fed:])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        os.close(writer)
    assert (process.returncode, out, err) == (130, b"", b"leaninspect: interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
