"""Node packages: what lies in `node_modules`, who asked for it, and what only development needs."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from inspector.layers.capture import reader_of
from inspector.packages.found import Found
from inspector.packages.languages import npm
from inspector.packages.memo import Memo
from inspector.packages.model import Package, Relation

from .inventories import NOWHERE


def manifest(name: str, version: str = "1.0.0", **fields: object) -> str:
    return json.dumps({"name": name, "version": version, **fields})


APP = {
    "app/package.json": manifest("app", dependencies={"express": "^4"}, devDependencies={"jest": "*"}),
    "app/node_modules/express/package.json": manifest("express", "4.1.0", dependencies={"debug": "2", "@a/b": "1"}),
    "app/node_modules/debug/package.json": manifest("debug", "4.0.0"),
    "app/node_modules/express/node_modules/debug/package.json": manifest("debug", "2.0.0"),
    "app/node_modules/express/lib/package.json": '{"type": "commonjs"}',
    "app/node_modules/@a/b/package.json": manifest("@a/b"),
    "app/node_modules/jest/package.json": manifest(
        "jest", dependencies={"debug": "4"}, optionalDependencies={"fsevents": "1"}
    ),
}


def read(files: dict[str, str]) -> dict[str, Found]:
    data = {path: content.encode() for path, content in files.items()}
    return {found.package.location: found for found in npm.read(data, NOWHERE, Memo())}


def packages(files: dict[str, str]) -> dict[str, Package]:
    return {location: found.package for location, found in read(files).items()}


def test_a_package_is_what_lies_directly_in_node_modules() -> None:
    found = packages(APP)
    assert {location: (each.name, each.version) for location, each in found.items()} == {
        "app/node_modules/express": ("express", "4.1.0"),
        "app/node_modules/debug": ("debug", "4.0.0"),
        "app/node_modules/express/node_modules/debug": ("debug", "2.0.0"),
        "app/node_modules/@a/b": ("@a/b", "1.0.0"),
        "app/node_modules/jest": ("jest", "1.0.0"),
    }
    assert found["app/node_modules/@a/b"].purl == "pkg:npm/%40a/b@1.0.0"
    assert found["app/node_modules/express"].needs == ((Relation("debug"),), (Relation("@a/b"),))
    assert found["app/node_modules/jest"].wants == ((Relation("fsevents"),),)


def test_the_applications_own_package_json_says_what_was_asked_for() -> None:
    assert {location: each.automatic for location, each in packages(APP).items()} == {
        "app/node_modules/express": False,
        "app/node_modules/debug": True,
        "app/node_modules/express/node_modules/debug": True,
        "app/node_modules/@a/b": True,
        "app/node_modules/jest": False,
    }


def test_what_dependencies_do_not_lead_to_is_for_development() -> None:
    """The debug at the top is jest's: express has its own."""
    dev = {location for location, each in packages(APP).items() if each.dev}
    assert dev == {"app/node_modules/jest", "app/node_modules/debug"}


def test_npms_own_marks_come_first() -> None:
    lock = {"packages": {"node_modules/@a/b": {"dev": True}, "node_modules/jest": {"devOptional": True}}}
    found = packages(APP | {"app/node_modules/.package-lock.json": json.dumps(lock)})
    assert {location for location, each in found.items() if each.dev} == {"app/node_modules/@a/b"}


def test_global_packages_were_asked_for_and_what_lies_in_them_was_not() -> None:
    found = packages(
        {
            "usr/local/lib/node_modules/npm/package.json": manifest("npm"),
            "usr/local/lib/node_modules/npm/node_modules/glob/package.json": manifest("glob"),
        }
    )
    assert [each.automatic for each in found.values()] == [False, True]


def test_without_a_package_json_nobody_knows_what_was_asked_for() -> None:
    assert packages({"app/node_modules/a/package.json": manifest("a")})["app/node_modules/a"].automatic is None


def test_pnpm_keeps_packages_in_a_store_of_their_own() -> None:
    found = packages(
        {
            "app/package.json": manifest("app", dependencies={"a": "1"}, devDependencies={"c": "1"}),
            "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json": manifest("a", dependencies={"b": "1"}),
            "app/node_modules/.pnpm/b@1.0.0/node_modules/b/package.json": manifest("b"),
        }
    )
    assert [(each.name, each.automatic, each.dev) for each in found.values()] == [
        ("a", False, False),
        ("b", True, False),
    ]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"name": 3, "version": {}}', '{"name": "/", "version": "1"}', "[" * 200_000]
)
def test_a_package_json_that_is_none(content: str) -> None:
    good = {"app/node_modules/good/package.json": manifest("good")}
    odd = {"app/node_modules/odd/package.json": content, "app/package.json": content}
    assert list(packages(good | odd)) == ["app/node_modules/good"]


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm_lists_the_same(tmp_path: Path) -> None:
    """npm installs three packages of our own, one in another and one for development only."""
    for name, needs in (("inner", {}), ("outer", {"inner": f"file:{tmp_path}/inner"}), ("tool", {})):
        (tmp_path / name).mkdir()
        (tmp_path / name / "package.json").write_text(manifest(name, dependencies=needs))
    app = tmp_path / "app"
    app.mkdir()
    asked = {"dependencies": {"outer": "file:../outer"}, "devDependencies": {"tool": "file:../tool"}}
    (app / "package.json").write_text(manifest("app", **asked))
    npm_command = ["npm", "--offline", "--no-audit", "--no-fund", "--install-links", "--cache", str(tmp_path / "cache")]
    done = subprocess.run([*npm_command, "install"], cwd=app, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install local packages: {done.stderr[-200:]}")
    paths = [path for path in app.rglob("*") if path.is_file() and reader_of(str(path.relative_to(tmp_path)))]
    found = packages({str(path.relative_to(tmp_path)): path.read_text() for path in paths})
    assert {location: (each.automatic, each.dev) for location, each in found.items()} == {
        "app/node_modules/outer": (False, False),
        "app/node_modules/inner": (True, False),
        "app/node_modules/tool": (False, True),
    }
