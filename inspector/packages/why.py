"""Why a package is there: the chain of needs from one that somebody asked for down to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from inspector.packages.model import Alternatives, Inventory, Package
from inspector.packages.removal.graph import Graph

Users = Mapping[Package, list[Package]]
"""Package → those that need it, in the order of their names."""


class Reasons:
    """Answers for all packages of an inventory, made once."""

    def __init__(self, inventory: Inventory) -> None:
        self._layers = {each.package: each.layer for each in inventory.installed}
        kinds: dict[str, list[Package]] = {}
        for package in sorted(self._layers, key=lambda package: (package.name, package.location)):
            kinds.setdefault(package.kind, []).append(package)
        graphs = [Graph(packages) for packages in kinds.values()]
        self._needed = _users(graphs, lambda package: package.needs)
        self._liked = {**_users(graphs, _with_wishes), **_waited_for(graphs)}

    def why(self, package: Package) -> tuple[Package, ...]:
        """The package, who needs it, who needs that, up to one that was asked for by hand; the shortest such chain.

        One that came in the same layer is believed before others, and needs before recommendations. A package asked for
        by hand stands alone; empty where nothing explains the package.
        """
        layer = self._layers.get(package)
        for same_layer in (True, False):
            for users in (self._needed, self._liked):
                chain = _shortest(package, users, lambda one: not same_layer or self._layers[one] == layer)  # noqa: B023
                if chain:
                    return chain
        return ()


def why(inventory: Inventory, package: Package) -> tuple[Package, ...]:
    """As Reasons.why, for one question only."""
    return Reasons(inventory).why(package)


def _shortest(package: Package, users: Users, admitted: Callable[[Package], bool]) -> tuple[Package, ...]:
    """Breadth first, from the package up."""
    if package.automatic is False:
        return (package,)
    came_from = {package: package}
    ahead = [package]
    for one in ahead:
        for user in users.get(one, ()):
            if user in came_from or not admitted(user):
                continue
            came_from[user] = one
            if user.automatic is False:
                return _chain(came_from, user)
            ahead.append(user)
    return ()


def _chain(came_from: Mapping[Package, Package], end: Package) -> tuple[Package, ...]:
    chain = [end]
    while came_from[chain[-1]] != chain[-1]:
        chain.append(came_from[chain[-1]])
    return tuple(reversed(chain))


def _users(graphs: Iterable[Graph], follow: Callable[[Package], Iterable[Alternatives]]) -> Users:
    users: dict[Package, list[Package]] = {}
    for graph in graphs:
        for user in graph.packages:
            for group in follow(user):
                for relation in group:
                    for provider in graph.satisfiers(user, relation):
                        users.setdefault(provider, []).append(user)
    return users


def _with_wishes(package: Package) -> Iterable[Alternatives]:
    """Needs and recommendations."""
    return (*package.needs, *package.wants)


def _waited_for(graphs: Iterable[Graph]) -> Users:
    """apk installs a package on its own as soon as all is there that its `install_if` names."""
    return {
        package: [one for relation in package.install_if for one in graph.satisfiers(package, relation)]
        for graph in graphs
        for package in graph.packages
        if package.install_if
    }
