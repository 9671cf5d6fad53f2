"""Python distributions: as pip itself sees those of the environment the tests run in, and by hand."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from inspector.layers.capture import reader_of
from inspector.packages.found import Found
from inspector.packages.languages import python
from inspector.packages.memo import Memo
from inspector.packages.model import Relation

from .inventories import NOWHERE

SITE = "usr/local/lib/python3.12/site-packages"


def dist_info(
    name: str, version: str = "1", more: str = "", record: str = "", *, requested: bool | None = None
) -> dict[str, str]:
    folder = f"{SITE}/{name}-{version}.dist-info"
    files = {
        f"{folder}/METADATA": f"Name: {name}\nVersion: {version}\n{more}\nText\nName: not a field\n",
        f"{folder}/RECORD": record,
    }
    return files | ({f"{folder}/REQUESTED": ""} if requested else {})


def read(files: dict[str, str]) -> dict[str, Found]:
    data = {path: content.encode() for path, content in files.items()}
    return {found.package.name: found for found in python.read(data, NOWHERE, Memo())}


def test_needs_are_by_canonical_name_clause_by_clause_without_those_of_extras() -> None:
    more = (
        "Requires-Dist: Foo_Bar[baz]>=1.0,<2\nRequires-Dist: tomli (>=1.1.0) ; python_version < '3.11'\n"
        'Requires-Dist: pytest ; extra == "dev"\nRequires-Dist: plain\n'
    )
    package = read(dist_info("Some.Thing", "2.0", more))["Some.Thing"].package
    assert package.purl == "pkg:pypi/some-thing@2.0"
    assert package.location == SITE
    assert package.needs == (
        (Relation("foo-bar", ">=", "1.0"),),
        (Relation("foo-bar", "<", "2"),),
        (Relation("tomli", ">=", "1.1.0"),),
        (Relation("plain"),),
    )
    assert package.provides == (Relation("some-thing"),)


def test_record_lists_files_relative_to_the_folder_of_all_distributions() -> None:
    record = 'a/__init__.py,sha256=x,1\n../../../bin/a,,\n"a/odd,name.py",,\n/etc/a.conf,,\n'
    found = read(dist_info("a", record=record))["a"]
    assert list(found.listed()) == [
        f"{SITE}/a-1.dist-info/METADATA",
        f"{SITE}/a/__init__.py",
        "usr/local/bin/a",
        f"{SITE}/a/odd,name.py",
        "etc/a.conf",
    ]
    assert found.folders == (f"{SITE}/a-1.dist-info",)


def test_requested_marks_what_was_asked_for_where_pip_leaves_such_marks() -> None:
    marked = read(dist_info("a", requested=True) | dist_info("b"))
    assert {name: each.package.automatic for name, each in marked.items()} == {"a": False, "b": True}
    assert read(dist_info("a"))["a"].package.automatic is None


@pytest.mark.parametrize(
    "files",
    [
        {
            f"{SITE}/old-1.egg-info/PKG-INFO": "Name: old\nVersion: 1\n",
            f"{SITE}/old-1.egg-info/installed-files.txt": "../old.py\n",
        },
        {f"{SITE}/old-1.egg-info": "Name: old\nVersion: 1\n"},
    ],
)
def test_eggs(files: dict[str, str]) -> None:
    package = read(files)["old"].package
    assert (package.version, package.location) == ("1", SITE)


def test_the_files_of_an_egg_are_relative_to_its_own_folder() -> None:
    folder = f"{SITE}/old-1.egg-info"
    found = read(
        {f"{folder}/PKG-INFO": "Name: old\nVersion: 1\n", f"{folder}/installed-files.txt": "../old.py\nPKG-INFO\n"}
    )
    assert list(found["old"].listed()) == [f"{folder}/PKG-INFO", f"{SITE}/old.py", f"{folder}/PKG-INFO"]


def test_what_has_no_name_is_none() -> None:
    assert (
        read(
            {
                f"{SITE}/x-1.dist-info/METADATA": "Version: 1\n",
                f"{SITE}/y-1.dist-info/METADATA": "Name: /\nVersion: 1\n",
            }
        )
        == {}
    )


def test_pip_sees_the_same_in_this_environment() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "inspect", "--local"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("there is no pip that can inspect (22.2 or later)")
    site = Path(sysconfig.get_path("purelib"))
    found = (path for pattern in ("*.dist-info/*", "*.egg-info/*", "*.egg-info") for path in site.glob(pattern))
    paths = {str(path).lstrip("/"): path for path in found if path.is_file()}
    files = {name: path.read_bytes() for name, path in paths.items() if reader_of(name)}
    packages = [found.package for found in python.read(files, NOWHERE, Memo())]
    theirs = [
        (entry["metadata"]["name"], entry["metadata"]["version"], entry["requested"])
        for entry in json.loads(done.stdout)["installed"]
        if Path(entry["metadata_location"]).parent == site
    ]
    assert sorted((package.name, package.version, package.automatic is False) for package in packages) == sorted(theirs)
