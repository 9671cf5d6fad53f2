"""What goes with some packages: apt's mark and sweep, apk's world."""

from __future__ import annotations

import pytest

from inspector.packages.databases.apt_conf import AptConfiguration
from inspector.packages.managers import removal_of
from inspector.packages.model import Package
from inspector.packages.removal.graph import Graph
from inspector.packages.removal.sweep import DNF_RULES, PACMAN_RULES, Rules, apk_solved, apt_rules, orphans, swept

from .made import names, package

DEFAULT = apt_rules(AptConfiguration())
HARD = apt_rules(AptConfiguration(recommends_important=False, suggests_important=False))


def gone(packages: list[Package], *named: str, kept: tuple[str, ...] = (), rules: Rules = DEFAULT) -> set[str]:
    by_name = {each.name: each for each in packages}
    chosen, stay = ([by_name[name] for name in some] for some in (named, kept))
    return names(swept(Graph(packages), rules, chosen, stay))


COMPILER = [
    package("g++", "g++-12, cpp", automatic=False),
    package("g++-12", "libstdc++-dev"),
    package("cpp", "libmpc3"),
    package("libstdc++-dev", "libstdc++6"),
    package("libmpc3"),
    package("libstdc++6"),
    package("apt", "libstdc++6", automatic=False),
]


def test_what_came_automatically_goes_and_what_others_need_stays() -> None:
    assert gone(COMPILER, "g++") == {"g++", "g++-12", "cpp", "libstdc++-dev", "libmpc3"}


def test_what_was_installed_by_hand_stays() -> None:
    assert gone([*COMPILER[:4], package("libmpc3", automatic=False), *COMPILER[5:]], "g++") == {
        *("g++", "g++-12", "cpp", "libstdc++-dev")
    }


def test_nothing_says_that_it_came_automatically_so_it_stays() -> None:
    assert gone([package("a", "b", automatic=None), package("b", automatic=None)], "a") == {"a"}


def test_what_is_kept_stays_with_all_it_needs() -> None:
    assert gone(COMPILER, "g++", kept=("cpp",)) == {"g++", "g++-12", "libstdc++-dev"}


def test_what_cannot_stay_without_them_goes_too() -> None:
    packages = [
        *COMPILER,
        package("dpkg-dev", "g++", automatic=False),
        package("devscripts", "dpkg-dev", automatic=False),
    ]
    assert gone(packages, "g++") == gone(COMPILER, "g++") | {"dpkg-dev", "devscripts"}


def test_an_alternative_is_enough_to_stay() -> None:
    user = package("user", "gcc | clang", automatic=False)
    assert gone([package("gcc"), package("clang", automatic=False), user], "gcc") == {"gcc"}
    assert gone([package("gcc"), user], "gcc") == {"gcc", "user"}


def test_every_installed_alternative_is_kept() -> None:
    packages = [package("tool"), package("user", "a | b", automatic=False), package("a"), package("b")]
    assert gone(packages, "tool") == {"tool"}


def test_a_provider_satisfies_what_it_provides() -> None:
    user = package("user", "c-compiler", automatic=False)
    assert gone([package("gcc", provides="c-compiler"), user, package("tool")], "tool") == {"tool"}
    versioned = package("user", "c-compiler (>= 2)", automatic=False)
    assert gone([package("gcc", provides="c-compiler"), versioned, package("tool")], "tool") == {"tool", "gcc"}
    exact = package("gcc", provides="c-compiler (= 3)")
    assert gone([exact, versioned, package("tool")], "tool") == {"tool"}


def test_recommends_and_suggests_keep_packages_unless_configured_otherwise() -> None:
    user = package("user", wants="wanted", suggests="suggested", automatic=False)
    packages = [package("tool"), user, package("wanted"), package("suggested")]
    assert gone(packages, "tool") == {"tool"}
    assert gone(packages, "tool", rules=apt_rules(AptConfiguration(suggests_important=False))) == {"tool", "suggested"}
    assert gone(packages, "tool", rules=HARD) == {"tool", "wanted", "suggested"}


def test_a_recommended_version_that_is_not_installed_keeps_nothing() -> None:
    user = package("user", wants="wanted (>= 2.0)", automatic=False)
    assert gone([package("tool"), user, package("wanted", version="1.9")], "tool") == {"tool", "wanted"}
    assert gone([package("tool"), user, package("wanted", version="2.0~rc1")], "tool") == {"tool", "wanted"}
    assert gone([package("tool"), user, package("wanted", version="2.0")], "tool") == {"tool"}


def test_what_a_removed_package_recommends_is_not_kept() -> None:
    assert gone([package("tool", wants="wanted", automatic=False), package("wanted")], "tool") == {"tool", "wanted"}


def test_important_packages_stay_whatever_brought_them() -> None:
    important = [
        package("essential", essential=True),
        package("protected", protected=True),
        package("required", priority="required"),
        package("held", held=True),
        package("never-this"),
    ]
    rules = apt_rules(AptConfiguration(never_auto_remove=("^NEVER-.*", "(broken")))
    assert gone([package("tool"), package("chance"), *important], "tool", rules=rules) == {"tool", "chance"}


def test_packages_of_another_architecture_satisfy_only_who_has_no_own() -> None:
    user = package("user", "lib", automatic=False)
    other = package("lib", architecture="i386")
    packages = [package("tool"), user, package("lib"), other]
    assert swept(Graph(packages), DEFAULT, [packages[0]], []) == {packages[0], other}
    assert gone([package("tool"), user, other], "tool") == {"tool"}


def test_needs_in_a_circle_keep_nobody() -> None:
    assert gone([package("tool", "a"), package("a", "b"), package("b", "a")], "tool") == {"tool", "a", "b"}


def test_orphans_are_what_nothing_needed_before() -> None:
    packages = [*COMPILER, package("lonely", "lonelier"), package("lonelier")]
    assert names(orphans(Graph(packages), DEFAULT)) == {"lonely", "lonelier"}
    assert gone(packages, "g++") == gone(COMPILER, "g++") | {"lonely", "lonelier"}


def test_dnf_keeps_what_is_recommended_and_pacman_does_not() -> None:
    user = package("user", wants="wanted", automatic=False, kind="rpm")
    packages = [package("gcc", kind="rpm"), user, package("wanted", kind="rpm")]
    assert gone(packages, "gcc", rules=DNF_RULES) == {"gcc"}
    assert gone(packages, "gcc", rules=PACMAN_RULES) == {"gcc", "wanted"}


ALPINE = [
    package("build-base", "gcc, make, musl-dev", kind="apk", automatic=False),
    package("gcc", "so:libgcc_s.so.1, binutils", kind="apk"),
    package("binutils", kind="apk"),
    package("make", kind="apk"),
    package("musl-dev", "musl (= 1)", kind="apk"),
    package("libgcc", kind="apk", provides="so:libgcc_s.so.1 (= 1)"),
    package("musl", kind="apk", automatic=False),
    package("gcc-doc", kind="apk", install_if="docs, gcc"),
    package("docs", kind="apk", automatic=False),
]


def solved(*named: str, kept: tuple[str, ...] = (), packages: list[Package] = ALPINE) -> set[str]:
    by_name = {each.name: each for each in packages}
    return names(apk_solved(Graph(packages), [by_name[n] for n in named], [by_name[n] for n in kept]))


def test_apk_removes_what_world_no_longer_leads_to() -> None:
    assert solved() == set()
    assert solved("build-base") == {"build-base", "gcc", "binutils", "make", "musl-dev", "libgcc", "gcc-doc"}


def test_apk_keeps_what_is_added_to_world() -> None:
    assert solved("build-base", kept=("libgcc",)) == {"build-base", "gcc", "binutils", "make", "musl-dev", "gcc-doc"}


def test_apk_keeps_a_package_that_something_else_in_world_needs() -> None:
    packages = [*ALPINE, package("app", "make", kind="apk", automatic=False)]
    assert "make" not in solved("build-base", packages=packages)
    assert solved("make") == set()


def test_a_virtual_package_takes_its_members_with_it() -> None:
    virtual = package(".build-deps", "gcc, make", kind="apk", automatic=False, virtual=True)
    packages = [virtual, *ALPINE[1:]]
    assert solved(".build-deps", packages=packages) >= {".build-deps", "gcc", "make", "binutils", "libgcc"}


@pytest.mark.parametrize(
    ("programs", "command"),
    [
        ({"dnf": "usr/bin/dnf-3"}, "dnf mark install libs && dnf remove -y gcc && dnf clean all"),
        ({"dnf": "usr/bin/dnf5"}, "dnf mark user -y libs && dnf remove -y gcc && dnf clean all"),
        (
            {"dnf": "usr/bin/dnf5", "microdnf": "usr/bin/dnf5"},
            "dnf mark user -y libs && dnf remove -y gcc && dnf clean all",
        ),
        ({"microdnf": "usr/bin/microdnf"}, ""),
        ({"zypper": "usr/bin/zypper"}, ""),
        ({"yum": "usr/bin/yum"}, ""),
        ({}, "dnf mark install libs && dnf remove -y gcc && dnf clean all"),
    ],
)
def test_rpm_packages_are_removed_by_the_program_that_the_image_has(programs: dict[str, str], command: str) -> None:
    removal = removal_of("rpm", lambda program: (programs[program],) if program in programs else ())
    assert (removal.command(["gcc"], ["libs"]) if removal else "") == command
