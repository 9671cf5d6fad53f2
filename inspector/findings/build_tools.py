"""Build tooling that is still in the image: per instruction that brought it, in the base image, outside packages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from inspector.filesystem.stack import VISIBLE
from inspector.findings.bases import slimmer_base
from inspector.findings.finding import Finding, Severity, Subject, by_bytes
from inspector.findings.toolchains import find_toolchains
from inspector.packages.model import Installed, Package
from inspector.packages.paths import Paths
from inspector.packages.removal.commands import MANAGERS
from inspector.packages.removal.leftovers import Leftovers
from inspector.packages.removal.programs import Programs, environment
from inspector.packages.removal.tools import DEVELOPMENT
from inspector.sizes import human

BROUGHT, IN_BASE, UNPACKAGED, DEVELOPMENT_ONLY = "LI2001", "LI2002", "LI2003", "LI2004"

NAMED = 4
"""Packages named in a title; the finding's `packages` are all of them."""

PRUNE = {"npm": "npm prune --omit=dev", "composer": "composer install --no-dev"}
"""What removes the packages that only development needs."""


def build_tool_findings(subject: Subject) -> Iterator[Finding]:
    """Leftover build tooling, each byte in the finding of the instruction that brought it."""
    yield from _of_instructions(subject)
    yield from _of_base(subject)
    yield from _of_development(subject)
    yield from _outside_packages(subject)


def tools_title(names: Iterable[str], others: int) -> str:
    """`g++, make and 97 packages that came with them`."""
    listed = sorted(names)
    rest = others + len(listed[NAMED:])
    title = ", ".join(listed[:NAMED])
    packages, them = "package" if rest == 1 else "packages", "it" if len(listed) == 1 else "them"
    return f"{title} and {rest} {packages} that came with {them}" if rest else title


def _of_instructions(subject: Subject) -> Iterator[Finding]:
    for leftover in subject.tooling.own:
        by_layer = _by_layer(subject, leftover)
        for layer, packages in by_layer.items():
            named = {package for package in leftover.default.named if package in packages}
            frees = _files_of(subject, packages.values())
            if named and frees:
                yield Finding(
                    rule=BROUGHT,
                    title=f"build tools: {tools_title((p.name for p in named), len(packages) - len(named))}",
                    severity=_severity(subject, named),
                    frees=frees,
                    layers=(layer,),
                    hidden_in=(),
                    fix=_fix(subject, leftover, layer, named, sum(frees.values())),
                    packages=tuple(sorted(package.purl for package in packages)),
                    command=_command(subject, leftover, layer, named),
                )


def _by_layer(subject: Subject, leftover: Leftovers) -> dict[int, dict[Package, Installed]]:
    """What goes, by the layer whose instruction is to remove it.

    A layer that brought only what tools of later layers need counts with the next of those.
    """
    layers = {
        each.layer
        for each in subject.inventory.installed
        if each.package in leftover.default.named and each.layer is not None
    }
    found: dict[int, dict[Package, Installed]] = {layer: {} for layer in sorted(layers)}
    for each in subject.inventory.installed:
        if each.package in leftover.default.removed and each.layer is not None and layers:
            layer = (
                each.layer if each.layer in layers else min((n for n in layers if n > each.layer), default=max(layers))
            )
            found[layer][each.package] = each
    return found


def _fix(subject: Subject, leftover: Leftovers, layer: int, named: Collection[Package], size: int) -> str:
    """The command to add to the instruction, the stricter one where it frees more, and what must be known."""
    manager = MANAGERS[leftover.kind]
    there = _there(subject, layer)
    names = [package.name for package in named]
    parts = [f"end {subject.instruction_of(layer)} with: && {_command(subject, leftover, layer, named)}"]
    if leftover.kind == "apk" and not any(package.virtual for package in named):
        parts.append("or write apk add --virtual .build-deps … there, and end it with: && apk del .build-deps")
    stricter = (leftover.strict.removed - leftover.default.removed) & there
    more = sum(_files_of(subject, (each for each in subject.inventory.installed if each.package in stricter)).values())
    if more:
        strict = manager.command(names, [package.name for package in leftover.strict.kept & there], strict=True)
        parts.append(f"that frees {human(size)}; {human(size + more)} with: && {strict}")
    if leftover.default.kept & there:
        rescued = [subject.tooling.rescue[package] for package in leftover.default.kept & there]
        reasons = sorted({f"keep {need.package.name}, since {need.who} needs {need.what}" for need in rescued})
        parts.append("; ".join(reasons[:NAMED]))
    if doubts := {subject.tooling.verdicts[package].doubt for package in named} - {""}:
        parts.append(f"keep them if they are used at run time: {', '.join(sorted(doubts))}")
    parts.append("RUNs that use the tools must be joined with it, or the tools stay in a build stage")
    return ". ".join(parts)


def _command(subject: Subject, leftover: Leftovers, layer: int, named: Collection[Package]) -> str:
    kept = leftover.default.kept & _there(subject, layer)
    return MANAGERS[leftover.kind].command([each.name for each in named], [each.name for each in kept])


def _there(subject: Subject, layer: int) -> set[Package]:
    """The packages that are there once a layer is made."""
    return {each.package for each in subject.inventory.installed if each.layer is None or each.layer <= layer}


def _of_base(subject: Subject) -> Iterator[Finding]:
    """What no instruction of the image's own can free: the base image brought it."""
    own = {package for leftover in subject.tooling.own for package in leftover.default.removed}
    going: dict[Package, Installed] = {}
    named: set[Package] = set()
    for leftover in subject.tooling.everything:
        named |= leftover.default.named - own
        for each in subject.inventory.installed:
            if each.package in leftover.default.removed and each.package not in own:
                going[each.package] = each
    frees = _files_of(subject, going.values())
    if not named or not frees:
        return
    base = f"the base image {subject.base.name}" if subject.base and subject.base.name else "the base image"
    advice = slimmer_base(subject.base.name if subject.base else None, environment(subject.run))
    advice = advice or "build in a stage on it, and copy only the result to a smaller image"
    yield Finding(
        rule=IN_BASE,
        title=f"build tools of the base image: {tools_title((p.name for p in named), len(going) - len(named))}",
        severity=_severity(subject, named),
        frees=frees,
        layers=by_bytes(subject.filesystem, frees),
        hidden_in=(),
        fix=f"{base} brought them, so that removing them frees nothing: {advice}",
        packages=tuple(sorted(package.purl for package in going)),
    )


def _of_development(subject: Subject) -> Iterator[Finding]:
    """Packages that only development needs, by the marks of their own managers."""
    for kind, prune in PRUNE.items():
        marked = [
            each
            for each in subject.inventory.installed
            if each.package.kind == kind and each.package.dev and each.package in subject.tooling.verdicts
        ]
        if frees := _files_of(subject, marked):
            layers = by_bytes(subject.filesystem, frees)
            yield Finding(
                rule=DEVELOPMENT_ONLY,
                title=f"{len(marked)} {kind} packages: {DEVELOPMENT}",
                severity=Severity.WARNING,
                frees=frees,
                layers=layers,
                hidden_in=(),
                fix=f"end {subject.instruction_of(layers[0])} with: && {prune}, once the program is built",
                packages=tuple(sorted({each.package.purl for each in marked})),
                command=prune,
            )


def _outside_packages(subject: Subject) -> Iterator[Finding]:
    toolchains = find_toolchains(subject.filesystem, subject.scans, subject.owned)
    if not toolchains:
        return
    started = {path for *_, way in Programs(Paths(subject.filesystem), subject.run).started() for path in way}
    for toolchain in toolchains:
        frees = _sizes(subject, toolchain.entries)
        paths = {subject.filesystem.entry(entry_id).path for entry_id in toolchain.entries}
        if not frees or started & paths:
            continue
        layers = by_bytes(subject.filesystem, frees)
        yield Finding(
            rule=UNPACKAGED,
            title=f"{toolchain.rule.title} in /{toolchain.home}",
            severity=Severity.WARNING,
            frees=frees,
            layers=layers,
            hidden_in=(),
            fix=f"{_bringer(subject, layers[0])}: {toolchain.rule.fix}",
        )


def _bringer(subject: Subject, layer: int) -> str:
    if subject.is_from_base(layer):
        return "the base image brought it, so that removing it here frees nothing"
    return f"{subject.instruction_of(layer)} brought it"


def _sizes(subject: Subject, entries: Iterable[int]) -> dict[int, int]:
    """Entry id → bytes, of those that have any."""
    return {entry_id: size for entry_id, size in subject.filesystem.sizes_of(entries).items() if size}


def _files_of(subject: Subject, packages: Iterable[Installed]) -> dict[int, int]:
    """Entry id → bytes that go with the packages: their files, and their part of the package manager's databases."""
    installed = list(packages)
    frees = _sizes(subject, (entry_id for each in installed for entry_id in each.entries))
    records: dict[str, int] = {}
    for each in installed:
        for path, size in subject.tooling.records.get(each.package, {}).items():
            records[path] = records.get(path, 0) + size
    for path, size in records.items():
        entry_id = _visible_at(subject, path)
        if entry_id is not None:
            frees[entry_id] = min(size, subject.filesystem.entry(entry_id).size)
    return frees


def _visible_at(subject: Subject, path: str) -> int | None:
    """The entry that the final image shows at a path."""
    for layer, entries in reversed(list(enumerate(subject.filesystem.layers))):
        if path in entries.paths:
            entry_id = subject.filesystem.offsets[layer] + entries.paths.index(path)
            return entry_id if subject.filesystem.leavers[entry_id] == VISIBLE else None
    return None


def _severity(subject: Subject, named: Iterable[Package]) -> Severity:
    """A warning, but for what may be needed at run time."""
    return Severity.INFO if any(subject.tooling.verdicts[package].doubt for package in named) else Severity.WARNING
