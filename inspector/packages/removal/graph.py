"""Who satisfies whose needs among the installed packages of one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from inspector.packages.model import Alternatives, Package, Relation
from inspector.packages.versions import satisfies

Follow = Callable[[Package], Iterable[Alternatives]]
"""Which of a package's relations count."""


class Graph:
    """Packages by what they are called and what they provide."""

    def __init__(self, packages: Sequence[Package]) -> None:
        self.packages = tuple(packages)
        self._named: dict[str, list[tuple[Package, str]]] = {}
        for package in packages:
            self._named.setdefault(package.name, []).append((package, package.version))
            for provided in package.provides:
                self._named.setdefault(provided.name, []).append((package, provided.version))

    def satisfiers(self, package: Package, relation: Relation) -> Iterator[Package]:
        """The packages that satisfy a relation of `package`.

        A name means the package's own architecture where it is installed for several. dpkg's relations are compared by
        version, for Recommends and alternatives may name one that is not there; a provide without a version satisfies
        no relation with one (Debian Policy 7.5).
        """
        named = self._named.get(relation.name, ())
        wanted = (relation.architecture, package.architecture, "all")
        own = any(other.architecture in wanted for other, _ in named)
        for other, version in named:
            if own and other.architecture not in wanted:
                continue
            if (
                package.kind != "deb"
                or not relation.operator
                or (version and satisfies(version, relation.operator, relation.version))
            ):
                yield other

    def broken(self, without: frozenset[Package]) -> frozenset[Package]:
        """These packages and all that cannot stay without them: one of their needs has no other satisfier."""
        users: dict[Package, list[tuple[Package, Alternatives]]] = {}
        for package in self.packages:
            for group in package.needs:
                for relation in group:
                    for provider in self.satisfiers(package, relation):
                        users.setdefault(provider, []).append((package, group))
        gone = set(without)
        pending = list(gone)
        while pending:
            for user, group in users.get(pending.pop(), ()):
                if user not in gone and gone.issuperset(self.providers(user, group)):
                    gone.add(user)
                    pending.append(user)
        return frozenset(gone)

    def reach(self, roots: Iterable[Package], follow: Follow) -> dict[Package, Package]:
        """The roots and everything that satisfies what `follow` says they need, every alternative of it, and so on.

        Each with who needs it; roots need themselves.
        """
        found = {root: root for root in roots}
        pending = list(found)
        while pending:
            user = pending.pop()
            for group in follow(user):
                for provider in self.providers(user, group):
                    if provider not in found:
                        found[provider] = user
                        pending.append(provider)
        return found

    def providers(self, user: Package, group: Alternatives) -> Iterator[Package]:
        """All that satisfies one need of a package."""
        return (provider for relation in group for provider in self.satisfiers(user, relation))


def needs(package: Package) -> Iterable[Alternatives]:
    """What must be there."""
    return package.needs
