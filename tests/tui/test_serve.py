"""`leaninspect serve`: the same UI in a real browser, and for nobody else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .browser import chromium, page

aiohttp = pytest.importorskip("aiohttp", reason="textual-serve is not installed")
pytest.importorskip("textual_serve", reason="textual-serve is not installed")

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The demo, served on a port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "inspector", "serve", "demo", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path)},
    )
    try:
        while True:
            assert process.poll() is None, "it ended"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")
async def test_the_page_shows_the_ui_and_takes_keys(served: int, tmp_path: Path):
    async with page() as browser:
        await browser.open(f"http://127.0.0.1:{served}/")
        await browser.until_received("demo:fat")
        await browser.until_received("Files of layer 4")
        assert await browser.evaluate("document.querySelectorAll('.xterm canvas').length") > 0
        await browser.focus_terminal()
        await browser.press("2")
        await browser.until_received("Write this instead")
        picture = await browser.picture()
        (tmp_path / "page.png").write_bytes(picture)
        assert picture.startswith(b"\x89PNG") and len(picture) > 20_000


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 200),
        ("/", {"Host": "evil.example"}, 403),
        ("/ws", {"Origin": "http://evil.example"}, 403),
        ("/ws", {"Origin": "null"}, 403),
    ],
)
async def test_other_sites_are_refused(served: int, path: str, headers: dict[str, str], status: int):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{served}{path}", headers=headers) as answer,
    ):
        assert answer.status == status


def test_it_listens_on_this_machine_only(served: int):
    connections = Path("/proc/net/tcp").read_text().split("\n")[1:]
    listening = [line.split()[1] for line in connections if line and line.split()[3] == "0A"]
    assert f"0100007F:{served:04X}" in listening
    assert f"00000000:{served:04X}" not in listening


def test_a_taken_port_is_told(served: int):
    done = subprocess.run(
        [sys.executable, "-m", "inspector", "serve", "demo", "--port", str(served)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"cannot serve on port {served}" in done.stderr
