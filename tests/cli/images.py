"""Small images as archives in the folder of the command."""

from __future__ import annotations

from pathlib import Path

from inspector.demo.archive import Member, Step, image_archive, tar_layer


def run_step(command: str, *members: Member) -> Step:
    return Step(f"RUN /bin/sh -c {command} # buildkit", tar_layer(members))


def write_image(folder: Path, *steps: Step) -> None:
    """`app.tar` in the folder."""
    (folder / "app.tar").write_bytes(image_archive("app:1", steps, created="2026-01-02T03:04:05Z"))
