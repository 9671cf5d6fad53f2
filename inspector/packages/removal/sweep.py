"""What goes when some packages are removed: the package managers' own algorithms on the image's own database.

apt, dnf and pacman mark what is needed and sweep the rest (apt 2.6, depcache.cc: MarkRequired, MarkPackage, Sweep);
apk solves anew from `world`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from inspector.packages.databases.apt_conf import AptConfiguration
from inspector.packages.model import Alternatives, Package
from inspector.packages.removal.graph import Follow, Graph, needs

Remove = Callable[[Iterable[Package], Iterable[Package]], frozenset[Package]]
"""(packages to remove, packages to keep) → all that goes."""


class Ways(Struct, frozen=True):
    """How a package manager removes, by default and strictly, and what it would clean up anyway."""

    plain: Remove
    strict: Remove
    orphaned: frozenset[Package]


class Rules(Struct, frozen=True):
    """What a package manager sweeps by: which packages stay in any case, and which relations keep others."""

    stays: Callable[[Package], bool]
    follow: Follow


def asked_for(package: Package) -> bool:
    """Whether nobody may remove the package by himself: installed by hand, essential, protected, required or held."""
    return (
        package.automatic is not True
        or package.essential
        or package.protected
        or package.held
        or package.priority == "required"
    )


def apt_rules(configuration: AptConfiguration) -> Rules:
    never = [re.compile(pattern, re.IGNORECASE) for pattern in configuration.never_auto_remove if _compiles(pattern)]

    def stays(package: Package) -> bool:
        return asked_for(package) or any(pattern.search(package.name) for pattern in never)

    def follow(package: Package) -> Iterable[Alternatives]:
        yield from package.needs
        if configuration.recommends_important:
            yield from package.wants
        if configuration.suggests_important:
            yield from package.suggests

    return Rules(stays, follow)


DNF_RULES = Rules(asked_for, lambda package: (*package.needs, *package.wants))
"""dnf's clean_requirements_on_remove, its default: weak dependencies keep what is installed."""

PACMAN_RULES = Rules(asked_for, needs)
"""`pacman -Rs`: optional dependencies keep nothing."""


def apt_ways(graph: Graph, configuration: AptConfiguration) -> Ways:
    """By apt's configuration, and strictly as if Recommends and Suggests kept nothing."""
    hard = replace(configuration, recommends_important=False, suggests_important=False)
    rules = apt_rules(configuration)
    return Ways(partial(swept, graph, rules), partial(swept, graph, apt_rules(hard)), orphans(graph, rules))


def dnf_ways(graph: Graph, configuration: AptConfiguration) -> Ways:  # noqa: ARG001
    """By DNF_RULES."""
    return _ways_by(graph, DNF_RULES)


def pacman_ways(graph: Graph, configuration: AptConfiguration) -> Ways:  # noqa: ARG001
    """By PACMAN_RULES."""
    return _ways_by(graph, PACMAN_RULES)


def _ways_by(graph: Graph, rules: Rules) -> Ways:
    sweep = partial(swept, graph, rules)
    return Ways(sweep, sweep, orphans(graph, rules))


def apk_ways(graph: Graph, configuration: AptConfiguration) -> Ways:  # noqa: ARG001
    """By solving anew."""
    solve = partial(apk_solved, graph)
    return Ways(solve, solve, solve((), ()))


def alone(graph: Graph, configuration: AptConfiguration) -> Ways:  # noqa: ARG001
    """A package manager that removes what it is told and nothing else."""

    def remove(named: Iterable[Package], kept: Iterable[Package]) -> frozenset[Package]:
        return frozenset(named).difference(kept)

    return Ways(remove, remove, frozenset())


def orphans(graph: Graph, rules: Rules) -> frozenset[Package]:
    """What nothing needs already: any clean-up takes it."""
    return frozenset(graph.packages).difference(graph.reach(filter(rules.stays, graph.packages), rules.follow))


def swept(graph: Graph, rules: Rules, named: Iterable[Package], kept: Iterable[Package]) -> frozenset[Package]:
    """All that goes with the `named` packages, orphans too, when those in `kept` are marked as installed by hand."""
    marked = frozenset(kept)
    gone = graph.broken(frozenset(named))
    left = Graph([package for package in graph.packages if package not in gone])
    roots = [package for package in left.packages if package in marked or rules.stays(package)]
    return frozenset(graph.packages).difference(left.reach(roots, rules.follow))


def apk_solved(graph: Graph, named: Iterable[Package], kept: Iterable[Package]) -> frozenset[Package]:
    """What `apk del NAMED` removes once `apk add KEPT` has been said: all that `world` no longer leads to.

    A named package that something else in world needs stays (“not removed due to”).
    """
    unwanted = frozenset(named)
    world = [package for package in graph.packages if package.automatic is not True and package not in unwanted]
    return frozenset(graph.packages) - _with_conditional(graph, graph.reach([*world, *kept], needs))


def _with_conditional(graph: Graph, reached: Iterable[Package]) -> frozenset[Package]:
    """What is needed, and the packages whose `install_if` conditions all hold in it, until no more do."""
    needed = frozenset(reached)
    while True:
        more = {
            package
            for package in graph.packages
            if package.install_if
            and package not in needed
            and all(not needed.isdisjoint(graph.satisfiers(package, relation)) for relation in package.install_if)
        }
        if not more:
            return needed
        needed = frozenset(graph.reach(needed | more, needs))


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
