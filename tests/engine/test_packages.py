"""Packages of a real Debian image: what dpkg says in its containers after each step, and whose its bytes are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from inspector.inspection import Inspection
from inspector.line import inspect_image
from inspector.packages.why import Reasons

from .machine import DEBIAN_TAG
from .oracles import Tree, export_tree

if TYPE_CHECKING:
    from inspector.packages.model import Installed

    from .engine import Engine

pytestmark = pytest.mark.engine

TAG = "leaninspect/packages"
NOTE = "dpkg-query -W -f '${Package} ${Architecture} ${Version}\\n' > /noted."
DOCKERFILE = f"""\
FROM {DEBIAN_TAG}
RUN {NOTE}0
RUN apt-get update && apt-get install -y --no-install-recommends python3-minimal make && {NOTE}1
RUN echo no packages here
RUN apt-get install -y --no-install-recommends g++ && {NOTE}3
RUN apt-get purge -y --auto-remove make && {NOTE}4
"""
STEPS = (0, 1, 3, 4)
LISTS = "for p in $(dpkg-query -W -f '${binary:Package}\\n'); do echo \"= $p\"; dpkg -L $p; done"

Named = set[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Built:
    """The image, what its containers say, and what leaninspect says."""

    noted: dict[int, Named]
    lists: dict[str, list[str]]
    automatic: set[str]
    exported: Tree
    inspection: Inspection


@pytest.fixture(scope="module")
def built(engine: Engine, debian: str) -> Built:
    assert debian == DEBIAN_TAG
    engine.build(TAG, DOCKERFILE, buildkit=False)
    noted = {step: _named(_inside(engine, f"cat /noted.{step}")) for step in STEPS}
    lists: dict[str, list[str]] = {}
    for line in _inside(engine, LISTS).splitlines():
        if line.startswith("= "):
            paths = lists[line[2:]] = []
        elif line.startswith("/"):
            paths.append(line.strip("/"))
    automatic = set(_inside(engine, "apt-mark showauto").split())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.host)
        patch.setenv("DOCKER_CONFIG", engine.env["DOCKER_CONFIG"])
        inspection = inspect_image(f"docker:{TAG}")
    return Built(noted, lists, automatic, export_tree(engine, TAG), inspection)


def test_each_layer_has_the_packages_that_dpkg_had_in_its_container(built: Built) -> None:
    layers = _layers_of_steps(built.inspection)
    present: Named = set()
    for layer in range(len(built.inspection.scans)):
        for change in built.inspection.inventory.changes:
            if change.layer == layer and change.before is not None:
                present.remove((change.name, change.architecture, change.before))
            if change.layer == layer and change.after is not None:
                present.add((change.name, change.architecture, change.after))
        if layer in layers:
            assert present == built.noted[layers[layer]]
    assert {
        (each.package.name, each.package.architecture, each.package.version) for each in _installed(built)
    } == present


def test_a_package_was_installed_by_the_step_after_which_it_is_first_there(built: Built) -> None:
    layers = _layers_of_steps(built.inspection)
    arrived = {step: built.noted[step] - built.noted[before] for before, step in pairwise(STEPS)}
    for layer, step in layers.items():
        ours = {_identity(each) for each in _installed(built) if each.layer == layer}
        if step:
            assert ours == {found for found in arrived[step] if found in built.noted[STEPS[-1]]}, step


def test_marks_are_those_of_apt(built: Built) -> None:
    assert {each.package.name for each in _installed(built) if each.package.automatic} == built.automatic


def test_each_package_weighs_the_files_dpkg_lists_and_keeps_of_it_and_their_bytecode(built: Built) -> None:
    """`dpkg -L` and `docker export` know nothing of layers: their sum must be ours to the byte."""
    tree, taken = built.exported, set[frozenset[str]]()
    group = {path: paths for paths in tree.links for path in paths}
    ours = {_binary(each.package.name, each.package.architecture, built.lists): each for each in _installed(built)}
    assert ours.keys() == built.lists.keys()
    owned = set[str]()
    for name, each in ours.items():
        paths = {_real(path, tree) for path in built.lists[name]} | _kept(name, tree)
        paths |= {path for path in tree.nodes if path.endswith(".pyc") and _source(path) in paths}
        size = 0
        for path in sorted(paths - owned):
            node = tree.nodes.get(path)
            if node is None or node.kind != "file" or group.get(path) in taken:
                continue
            size += node.size
            owned.add(path)
            if path in group:
                taken.add(group[path])
        assert each.size_bytes == size, name


def test_why_the_preprocessor_is_there(built: Built) -> None:
    """However apt's packages are cut: the chain is of needs, and ends with the compiler that was asked for."""
    inventory = built.inspection.inventory
    cpp = next(each.package for each in inventory.installed if each.package.name.startswith("cpp-"))
    chain = Reasons(inventory).why(cpp)
    assert chain[0] == cpp
    assert chain[-1].name == "g++"
    for needed, user in pairwise(chain):
        assert needed.name in {relation.name for group in user.needs for relation in group}


def _inside(engine: Engine, command: str) -> str:
    return engine.docker("run", "--rm", "--network", "none", TAG, "sh", "-c", command)


def _named(lines: str) -> Named:
    return {(name, architecture, version) for name, architecture, version in map(str.split, lines.splitlines())}


def _installed(built: Built) -> list[Installed]:
    return [each for each in built.inspection.inventory.installed if each.package.kind == "deb"]


def _identity(each: Installed) -> tuple[str, str, str]:
    return each.package.name, each.package.architecture, each.package.version


def _layers_of_steps(inspection: Inspection) -> dict[int, int]:
    """Layer → number of the note that its RUN wrote."""
    found = {}
    for instruction in inspection.instructions:
        for step in STEPS:
            if instruction.layer is not None and instruction.text.endswith(f"/noted.{step}"):
                found[instruction.layer] = step
    assert sorted(found.values()) == list(STEPS)
    return found


def _binary(name: str, architecture: str, lists: dict[str, list[str]]) -> str:
    """A package as dpkg writes it: with its architecture where several may be installed."""
    return f"{name}:{architecture}" if f"{name}:{architecture}" in lists else name


def _real(path: str, tree: Tree) -> str:
    """Through the links in the root of a merged /usr."""
    first, slash, rest = path.partition("/")
    node = tree.nodes.get(first)
    return f"{node.link.strip('/')}/{rest}" if slash and node is not None and node.kind == "symlink" else path


def _kept(name: str, tree: Tree) -> set[str]:
    """What dpkg keeps of a package in its info folder, by its names there."""
    folder = "var/lib/dpkg/info/"
    stems = [name, name.partition(":")[0]]
    stem = next(stem for stem in stems if f"{folder}{stem}.list" in tree.nodes)
    return {path for path in tree.nodes if path.startswith(folder) and path.rpartition(".")[0] == folder + stem}


def _source(compiled: str) -> str:
    folder, _, name = compiled.rpartition("/")
    return f"{folder.removesuffix('/__pycache__')}/{name.partition('.')[0]}.py"
