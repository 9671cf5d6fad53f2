"""Packages for development in a folder that a final stage takes over: the stage that builds prunes them in the end."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from inspector.demo.archive import Member, directory
from inspector.lean.plan.model import Answer
from tests.builders import file
from tests.techniques import multi_stage

from .images import Own, dynamic, image
from .test_multi_stage import base_bytes, final

LOCK = json.dumps({"packages": {"node_modules/jest": {"dev": True}, "node_modules/used": {}}}).encode()
MODULES = [
    directory("app/node_modules"),
    Member("app/node_modules/.package-lock.json", LOCK),
    Member("app/node_modules/jest/package.json", b'{"name": "jest", "version": "1"}'),
    file("app/node_modules/jest/index.js", 3_000_000),
    Member("app/node_modules/used/package.json", b'{"name": "used", "version": "1"}'),
]
DEVELOPMENT = 3_000_000 + len(MODULES[2].content)
NODE: Own = (
    "RUN install node",
    [dynamic("usr/local/bin/node", "libc.so.6"), dynamic("usr/local/bin/npm", "libc.so.6")],
)
CACHE: Own = ("RUN fill", [file("var/cache/big", 9_000_000)])
FOLDER: Own = ("WORKDIR /app", [directory("app")])
PROJECT: Own = ("COPY . .", [Member("app/package.json", b'{"name": "app"}'), file("app/main.js", 10)])
INSTALL: Own = ("RUN npm ci", MODULES)
CMD: Own = ('CMD ["node", "main.js"]', None)
RUN = {"Cmd": ["node", "main.js"], "WorkingDir": "/app"}


def answer_of(*own: Own, run: dict[str, object] | None = None) -> Answer:
    return multi_stage(image(NODE, CACHE, *own, run=RUN | (run or {})))


def build_stage(answer: Answer) -> list[str]:
    return answer.dockerfile.rpartition("\n\n")[0].splitlines()


def told(answer: Answer) -> list[str]:
    return [each for each in answer.assumptions if "development" in each]


def test_the_stage_that_builds_ends_with_pruning_and_its_bytes_are_not_carried() -> None:
    inspection = image(NODE, CACHE, FOLDER, PROJECT, INSTALL, CMD, run=RUN)
    answer = multi_stage(inspection)
    assert build_stage(answer)[-2:] == [CMD[0], "RUN npm prune --omit=dev"]
    assert "COPY --from=build /app/ /app/" in final(answer)
    step = answer.steps[-1]
    assert (step.text, step.saves_bytes) == (
        "end the stage build with: RUN npm prune --omit=dev",
        DEVELOPMENT,
    )
    total = inspection.filesystem.ledger.total_bytes
    assert sum(each.saves_bytes for each in answer.steps) == total - (answer.predicted_bytes or 0)
    assert sum(part.size_bytes for part in answer.parts) == answer.predicted_bytes
    assert (answer.predicted_bytes or 0) < base_bytes(inspection) + 20_000
    assert told(answer) == []
    jest = next(n for n, path in enumerate(inspection.filesystem.layers[-1].paths) if path.endswith("index.js"))
    assert answer.remains is not None
    assert inspection.filesystem.offsets[-1] + jest not in answer.remains


def test_another_folder_is_gone_to_first() -> None:
    install: Own = ("RUN cd /app && npm ci", MODULES)
    copied: Own = ("COPY . /app", PROJECT[1])
    answer = answer_of(
        copied, install, ("WORKDIR /", None), CMD, run={"WorkingDir": "/", "Cmd": ["node", "/app/main.js"]}
    )
    assert build_stage(answer)[-1] == "RUN cd /app && npm prune --omit=dev"


@pytest.mark.parametrize(
    ("own", "run"),
    [
        ([FOLDER, PROJECT, INSTALL, ('CMD ["npm", "start"]', None)], {"Cmd": ["npm", "start"]}),
        (
            [FOLDER, PROJECT, INSTALL, ('CMD ["node", "node_modules/jest/index.js"]', None)],
            {"Cmd": ["node", "node_modules/jest/index.js"]},
        ),
        ([FOLDER, PROJECT, INSTALL, ("USER 7", None), CMD], {"User": "7"}),
        ([FOLDER, ("COPY main.js .", [file("app/main.js", 10)]), INSTALL, CMD], {}),
        ([FOLDER, PROJECT, INSTALL, ('SHELL ["/bin/bash", "-c"]', None), CMD], {}),
    ],
    ids=["a script of the project starts", "one of them is started", "a user", "no package.json", "another shell"],
)
def test_where_it_is_not_certain_their_bytes_and_the_command_are_told(
    own: Sequence[Own], run: dict[str, object]
) -> None:
    answer = answer_of(*own, run=run)
    assert told(answer) == [
        "3.0 MB of what only development needs (1 npm package) is carried with /app: "
        "run npm prune --omit=dev there once the program is built"
    ]
    assert "prune" not in answer.dockerfile


def test_what_is_not_carried_is_not_told() -> None:
    answer = answer_of(("RUN npm ci", [Member(f"srv/x/{each.path}", each.content) for each in MODULES[1:]]), CMD)
    assert "prune" not in answer.dockerfile


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm_leaves_what_was_promised(tmp_path: Path) -> None:
    for name in ("used", "tool"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "package.json").write_text(json.dumps({"name": name, "version": "1.0.0"}))
        (tmp_path / name / "index.js").write_bytes(bytes(2_000_000))
    app = tmp_path / "app"
    app.mkdir()
    asked = {"dependencies": {"used": "file:../used"}, "devDependencies": {"tool": "file:../tool"}}
    (app / "package.json").write_text(json.dumps({"name": "app", **asked}))
    if (installed := npm(tmp_path, "install")).returncode:
        pytest.skip(f"npm cannot work with local packages: {installed.stderr[-200:]}")
    files = {path: path.read_bytes() for path in sorted(app.rglob("*")) if path.is_file()}
    inspection = image(
        NODE,
        CACHE,
        FOLDER,
        ("COPY . .", [Member("app/package.json", files[app / "package.json"]), file("app/main.js", 10)]),
        ("RUN npm install", [Member(str(path.relative_to(tmp_path)), data) for path, data in files.items()]),
        CMD,
        run=RUN,
    )
    answer = multi_stage(inspection)
    done = npm(tmp_path, *answer.steps[-1].text.partition("RUN npm ")[2].split())
    assert done.returncode == 0, done.stderr
    left = sum(path.stat().st_size for path in app.rglob("*") if path.is_file())
    node = sum(len(member.content) for member in NODE[1] or ())
    # npm writes its list of packages anew
    assert (answer.predicted_bytes or 0) - base_bytes(inspection) - node - 10 == pytest.approx(left, abs=500)


def npm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in `app`, without a network."""
    command = ["npm", "--offline", "--no-audit", "--no-fund", "--install-links", "--cache", str(folder / "cache")]
    return subprocess.run([*command, *arguments], cwd=folder / "app", capture_output=True, text=True, check=False)
