"""Lines are replaced where they stand; all others stay as they are, to the letter."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from inspector.lean.plan.document import Document, patch_of, replaced

NEW = ["RUN b \\", "    && c"]


def document(text: str, path: str = "Dockerfile") -> Document:
    """Instruction 0 is on the second line."""
    return Document(path, tuple(text.splitlines(keepends=True)), {0: (2, 2)}, (1,), reconstructed=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FROM a\nRUN b\n# end\n", "FROM a\nRUN b \\\n    && c\n# end\n"),
        ("FROM a\r\nRUN b\r\nCMD x\r\n", "FROM a\r\nRUN b \\\r\n    && c\r\nCMD x\r\n"),
        ("FROM a\nRUN b", "FROM a\nRUN b \\\n    && c"),
    ],
)
def test_new_lines_end_as_the_old_ones_did_and_git_applies_the_patch(tmp_path: Path, old: str, new: str) -> None:
    known = document(old)
    assert replaced(known, {0: NEW}) == new
    (tmp_path / "Dockerfile").write_bytes(old.encode())
    (tmp_path / "patch").write_bytes(patch_of(known, new).encode())
    subprocess.run(["git", "apply", "patch"], cwd=tmp_path, check=True)
    assert (tmp_path / "Dockerfile").read_bytes() == new.encode()


def test_the_same_lines_are_no_change() -> None:
    known = document("FROM a\nRUN b\n")
    assert replaced(known, {0: ["RUN b"]}) == known.text
    assert patch_of(known, known.text) == ""


def test_a_patch_names_the_file_below_the_folder_it_is_applied_in() -> None:
    assert patch_of(document("FROM a\nRUN b\n", "/x/app.Dockerfile"), "FROM a\n").startswith(
        "--- a/app.Dockerfile\n+++ b/app.Dockerfile\n"
    )
    assert patch_of(document("FROM a\nRUN b\n", "docker/Dockerfile"), "FROM a\n").startswith(
        "--- a/docker/Dockerfile\n"
    )


def test_instructions_of_two_stages_are_never_one() -> None:
    lines = ("FROM a AS b\n", "RUN b\n", "FROM b\n", "RUN c\n", "RUN d\n")
    known = Document("Dockerfile", lines, {0: (2, 2), 1: (4, 4), 2: (5, 5)}, (1, 3), reconstructed=False)
    assert known.may_be_one((1, 2))
    assert not known.may_be_one((0, 1))
    assert not known.may_be_one((2, 3))
