"""What of the build tooling can go and what must stay, and the command that says so."""

from __future__ import annotations

from collections.abc import Collection

from inspector.packages.databases.apt_conf import AptConfiguration
from inspector.packages.managers import REMOVALS
from inspector.packages.model import Installed, Package
from inspector.packages.removal.leftovers import Leftovers, leftovers
from inspector.packages.removal.needs import Need
from inspector.packages.removal.tools import build_tools

from .made import names, package


def of(packages: list[Package], *, rescued: Collection[str] = (), fixed: Collection[str] = ()) -> Leftovers:
    """The leftovers among packages of one kind; something outside of packages needs those that are `rescued`."""
    installed = [Installed(each, 1, 0, ()) for each in packages]
    rescue = {each: Need(each, "lib.so", "/app") for each in packages if each.name in rescued}
    there = frozenset(each for each in packages if each.name in fixed)
    (found,) = leftovers(installed, build_tools(packages), rescue, AptConfiguration(), there)
    return found


COMPILER = [
    package("g++", "gcc, libstdc++6", automatic=False),
    package("gcc", "binutils, libgomp1, libmpc3"),
    package("binutils"),
    package("libgomp1"),
    package("libmpc3"),
    package("libstdc++6"),
    package("apt", "libstdc++6", automatic=False),
]


def test_leftover_tools_go_with_all_that_came_with_them() -> None:
    found = of(COMPILER)
    assert names(found.default.named) == {"g++"}
    assert names(found.default.removed) == {"g++", "gcc", "binutils", "libgomp1", "libmpc3"}
    assert found.staying == {}


def test_what_the_program_needs_is_kept_and_named() -> None:
    found = of(COMPILER, rescued={"libgomp1", "libstdc++6"})
    assert names(found.default.removed) == {"g++", "gcc", "binutils", "libmpc3"}
    assert names(found.default.kept) == {"libgomp1"}  # libstdc++6 stays anyway: apt needs it


def test_of_what_is_kept_only_the_top_is_named() -> None:
    chain = [
        package("tool", "python3", automatic=False, section="devel"),
        package("python3", "python3.11"),
        package("python3.11"),
    ]
    found = of(chain, rescued={"python3", "python3.11"})
    assert names(found.default.removed) == {"tool"}
    assert names(found.default.kept) == {"python3"}


def test_a_tool_that_the_program_needs_stays() -> None:
    found = of([*COMPILER, package("make", automatic=False)], rescued={"make"})
    assert names(found.default.removed) == {"g++", "gcc", "binutils", "libgomp1", "libmpc3"}
    assert {tool.name: why for tool, why in found.staying.items()} == {"make": "/app needs lib.so"}


def test_a_tool_that_a_wanted_package_needs_stays() -> None:
    found = of([*COMPILER, package("r-cran-x", "binutils", automatic=False)])
    assert "binutils" not in names(found.default.removed)
    assert {tool.name: why for tool, why in found.staying.items()} == {"binutils": "r-cran-x needs it"}


def test_a_tool_that_is_held_stays() -> None:
    found = of([package("make", automatic=False, held=True), *COMPILER])
    assert {tool.name: why for tool, why in found.staying.items()} == {"make": "it is held"}


def test_a_tool_that_is_only_recommended_is_named_to_make_it_go() -> None:
    found = of(
        [package("app", wants="build-essential", automatic=False), package("build-essential", "gcc"), *COMPILER[1:]]
    )
    assert names(found.default.named) == {"build-essential"}
    assert {"build-essential", "gcc", "binutils"} <= names(found.default.removed)


def test_the_strict_command_frees_what_only_recommends_keep() -> None:
    packages = [
        package("git", "libcurl", automatic=False),
        package("libcurl"),
        package("app", wants="libcurl", automatic=False),
    ]
    found = of(packages)
    assert names(found.default.removed) == {"git"}
    assert names(found.strict.removed) == {"git", "libcurl"}


def test_the_strict_command_keeps_what_only_it_would_take() -> None:
    packages = [
        package("git", "libcurl", automatic=False),
        package("libcurl"),
        package("app", wants="libcurl", automatic=False),
    ]
    found = of(packages, rescued={"libcurl"})
    assert names(found.default.kept) == set()
    assert names(found.strict.kept) == {"libcurl"}
    assert names(found.strict.removed) == {"git"}


def test_what_was_orphaned_before_is_not_counted() -> None:
    found = of([*COMPILER, package("lonely")])
    assert "lonely" not in names(found.default.removed | found.strict.removed)
    assert names(found.orphaned) == {"lonely"}


def test_packages_of_the_base_stay_with_what_they_need() -> None:
    packages = [package("make", "libmake", automatic=False), package("libmake"), *COMPILER]
    found = of(packages, fixed={"g++", "gcc", "binutils", "libgomp1"})
    assert names(found.default.removed) == {"make", "libmake"}
    assert found.staying == {}


def test_no_bytes_of_the_base_are_promised() -> None:
    packages = [package("make", "libmake", automatic=False), package("libmake")]
    assert names(of(packages, fixed={"libmake"}).default.removed) == {"make"}


def test_packages_of_a_language_go_alone() -> None:
    packages = [package("cmake", kind="pypi", needs="wheel", automatic=False), package("wheel", kind="pypi")]
    assert names(of(packages).default.removed) == {"cmake"}


def test_alpines_virtual_package_is_what_is_deleted() -> None:
    packages = [
        package(".build-deps", "gcc", kind="apk", virtual=True, automatic=False),
        package("gcc", "so:libgcc_s.so.1", kind="apk"),
        package("libgcc", kind="apk", provides="so:libgcc_s.so.1"),
    ]
    found = of(packages)
    assert names(found.default.named) == {".build-deps"}
    assert names(found.default.removed) == {".build-deps", "gcc", "libgcc"}
    assert names(of(packages, rescued={"libgcc"}).default.removed) == {".build-deps", "gcc"}


def test_there_are_none_without_tools() -> None:
    packages = [package("bash"), package("cmake", kind="npm")]
    assert leftovers([Installed(each, 1, 0, ()) for each in packages], {}, {}, AptConfiguration()) == ()


def test_commands_keep_first_then_remove_then_clean_up() -> None:
    apt = REMOVALS["deb"]
    assert apt.command(["make", "g++"], ["libgomp1"]) == (
        "apt-mark manual libgomp1 && apt-get purge -y --auto-remove g++ make && rm -rf /var/lib/apt/lists/*"
    )
    assert apt.command(["g++"], strict=True) == (
        "apt-get purge -y --auto-remove -o APT::AutoRemove::RecommendsImportant=false"
        " -o APT::AutoRemove::SuggestsImportant=false g++ && rm -rf /var/lib/apt/lists/*"
    )
    assert REMOVALS["apk"].command([".build-deps"], ["libgcc"]) == (
        "apk add --no-network libgcc && apk del --no-network .build-deps"
    )
