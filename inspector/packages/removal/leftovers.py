"""Build tooling that is still in the image: what of it can go, what goes with it, and what must stay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from inspector.packages.databases.apt_conf import AptConfiguration
from inspector.packages.manager import Manager
from inspector.packages.managers import BY_KIND
from inspector.packages.model import Installed, Package
from inspector.packages.removal.graph import Graph, needs
from inspector.packages.removal.needs import Need
from inspector.packages.removal.sweep import Remove, asked_for
from inspector.packages.removal.tools import Verdict


class Answer(Struct, frozen=True):
    """What one command removes: the packages it names, those it must keep first, and all that goes.

    What nothing needed before is not among `removed`, for it is not the command's merit.
    """

    named: frozenset[Package]
    kept: frozenset[Package]
    removed: frozenset[Package]


class Leftovers(Struct, frozen=True):
    """The build tooling of one kind of packages. `staying` says of each tool that cannot go why not.

    `default` is what the package manager's plain command frees, `strict` what it frees when only hard dependencies keep
    a package; they are equal where there is no such option. `orphaned` nothing needed to begin with.
    """

    kind: str
    staying: Mapping[Package, str]
    default: Answer
    strict: Answer
    orphaned: frozenset[Package]


def leftovers(
    installed: Iterable[Installed],
    verdicts: Mapping[Package, Verdict],
    rescue: Mapping[Package, Need],
    configuration: AptConfiguration,
    fixed: Collection[Package] = frozenset(),
) -> tuple[Leftovers, ...]:
    """By kind, those that have tools. `fixed` are packages that are there in any case, as those of the base image."""
    kinds: dict[str, list[Package]] = {}
    for each in installed:
        kinds.setdefault(each.package.kind, []).append(each.package)
    return tuple(
        _of_kind(BY_KIND[kind], packages, verdicts, rescue, configuration, fixed)
        for kind, packages in kinds.items()
        if (manager := BY_KIND.get(kind))
        and manager.removal
        and any(package in verdicts and package not in fixed for package in packages)
    )


def _of_kind(
    manager: Manager,
    packages: Sequence[Package],
    verdicts: Mapping[Package, Verdict],
    rescue: Mapping[Package, Need],
    configuration: AptConfiguration,
    fixed: Collection[Package],
) -> Leftovers:
    graph = Graph(packages)
    tools = [package for package in packages if package in verdicts and package not in fixed]
    kept = [package for package in packages if package in rescue or package in fixed]
    staying = _staying(graph, tools, rescue, fixed)
    going = [package for package in tools if package not in staying]
    ways = manager.ways(graph, configuration)
    named = _named(graph, going, lambda some: ways.plain(some, kept))
    return Leftovers(
        manager.kind,
        staying,
        _answer(graph, ways.plain, named, kept, rescue, ways.orphaned),
        _answer(graph, ways.strict, named, kept, rescue, ways.orphaned),
        ways.orphaned,
    )


def _staying(
    graph: Graph, tools: Iterable[Package], rescue: Mapping[Package, Need], fixed: Collection[Package]
) -> dict[Package, str]:
    """The tools without which something could not stay that nobody wants to remove, each with what that is."""
    unwanted = frozenset(tools)
    roots = [
        package
        for package in graph.packages
        if package in rescue or package in fixed or package.held or (package not in unwanted and asked_for(package))
    ]
    because = graph.reach(roots, needs)
    found = {}
    for package in unwanted & because.keys():
        user = because[package]
        if package in rescue:
            found[package] = f"{rescue[package].who} needs {rescue[package].what}"
        else:
            found[package] = "it is held" if user == package else f"{user.name} needs it"
    return found


def _named(
    graph: Graph, going: Sequence[Package], remove: Callable[[Iterable[Package]], frozenset[Package]]
) -> frozenset[Package]:
    """As few of the tools as must be named so that all go: those installed by hand, and what only Recommends keep."""
    named = frozenset(package for package in going if package.automatic is not True)
    while left := frozenset(going) - named - remove(named):
        below = {
            other for tool in left for group in tool.needs for other in graph.providers(tool, group) if other != tool
        }
        named |= left - below or left
    return named


def _answer(
    graph: Graph,
    remove: Remove,
    named: frozenset[Package],
    kept: Sequence[Package],
    rescue: Mapping[Package, Need],
    orphaned: frozenset[Package],
) -> Answer:
    unaided = remove(named, [package for package in kept if package not in rescue])
    saved = [package for package in kept if package in rescue and package in unaided]
    return Answer(named, _topmost(graph, saved), remove(named, kept) - orphaned)


def _topmost(graph: Graph, packages: Sequence[Package]) -> frozenset[Package]:
    """As few of the packages as must be kept by name: what others of them need stays anyway."""
    top = frozenset(packages)
    for package in packages:
        if package in graph.reach(top - {package}, needs):
            top -= {package}
    return top
