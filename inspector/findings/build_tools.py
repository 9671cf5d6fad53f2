"""Build tooling that is still in the image: per instruction that brought it, in the base image, outside packages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from inspector.filesystem.stack import VISIBLE
from inspector.findings.bases import slimmer_base
from inspector.findings.finding import Finding, Subject, by_bytes
from inspector.findings.joining import LISTS, OTHER_STAGES, another_stage, commands_of, join, last_user
from inspector.findings.promise import freed, shrunk_caches
from inspector.findings.registry import BROUGHT, IN_BASE, UNPACKAGED, Severity, find_rule
from inspector.findings.remedy import Keep, Remedy, RemedyKind, Stricter, shell_path
from inspector.findings.toolchains import Toolchain, find_toolchains
from inspector.packages.managers import removal_of
from inspector.packages.model import Installed, Package
from inspector.packages.removal.leftovers import Leftovers
from inspector.packages.removal.programs import Programs

NAMED = 4
"""Packages named in a title; the finding's `packages` are all of them."""

ONBUILD = "images built upon this one run commands by its ONBUILD"

VIRTUAL = "or write apk add --virtual .build-deps … there, and end it with: && apk del .build-deps"
"""What apk has in place of a list of packages to remove."""


def build_tool_findings(subject: Subject) -> Iterator[Finding]:
    """Leftover build tooling, each byte in the finding of the instruction that brought it."""
    yield from _of_instructions(subject)
    yield from _of_base(subject)
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
            files = files_of(subject, packages.values())
            if named and files:
                tools = tools_title((package.name for package in named), len(packages) - len(named))
                remedy, frees = _remedy(subject, leftover, layer, packages, named)
                yield Finding(
                    rule=BROUGHT,
                    title=f"{find_rule(BROUGHT).name}: {tools}",
                    severity=_severity(subject, named),
                    frees=frees or files,
                    layers=(layer,),
                    hidden_in=(),
                    remedy=remedy,
                    packages=tuple(sorted(package.purl for package in packages)),
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


def _remedy(
    subject: Subject,
    leftover: Leftovers,
    layer: int,
    packages: Mapping[Package, Installed],
    named: Collection[Package],
) -> tuple[Remedy, dict[int, int]]:
    """The command and the RUNs that are to be one for it, the stricter command where it frees more, what must be known;
    and what it frees."""
    programs, there = Programs(subject.evidence.paths, subject.evidence.run), _there(subject, layer)
    removal = removal_of(leftover.kind, programs.way)
    names = [package.name for package in named]
    kept, strictly_kept = leftover.default.kept & there, leftover.strict.kept & there
    beyond = (leftover.strict.removed - leftover.default.removed) & there
    strict = removal.command(names, [package.name for package in strictly_kept], strict=True)
    command = removal.command(names, [package.name for package in kept])
    needs = (subject.tooling.rescue[package] for package in kept)
    by_virtual = leftover.kind == "apk" and not any(package.virtual for package in named)
    runs, hindrance = runs_with_users(subject, layer, packages.values(), command)
    kind = RemedyKind.ANOTHER_STAGE if not runs else RemedyKind.END_RUN_WITH if len(runs) == 1 else RemedyKind.JOIN_RUNS
    layers = [step.layer for step in map(subject.instructions.__getitem__, runs) if step.layer is not None] or [layer]
    gone = files_of(subject, packages.values())
    frees = freed_with_packages(subject, layers, command if runs else "", gone)
    besides = [each for each in subject.inventory.installed if each.package in beyond]
    all_gone = files_of(subject, [*packages.values(), *besides])
    strictly = freed_with_packages(subject, layers, strict, all_gone) if layers else {}
    stricter = sum(strictly.values()) - sum(frees.values())
    remedy = Remedy(
        kind if command else RemedyKind.DELETE_IN_RUN,
        runs or subject.indexes_of(layer),
        command if runs else "",
        tuple(sorted({Keep(need.package.name, f"{need.who} needs {need.what}") for need in needs}, key=_by_name)),
        sum(frees.values()),
        _doubts(subject, named),
        advice=hindrance or (VIRTUAL if by_virtual and len(runs) == 1 else ""),
        stricter=Stricter(strict, stricter) if runs and beyond and strict and stricter > 0 else None,
    )
    return remedy, frees


def runs_with_users(
    subject: Subject, layer: int, packages: Iterable[Installed], command: str
) -> tuple[tuple[int, ...], str]:
    """The indexes of the RUNs from the one that brought the first package to the last that may use any of them, if
    these can be one and may lose the packages; and else what to do instead, if there is something to say."""
    if not command:
        return subject.indexes_of(layer), ""
    installed = list(packages)
    first = min((each.layer for each in installed if each.layer is not None), default=layer)
    start = next((step.index for step in subject.instructions if step.layer == first), None)
    if start is None:
        return (), ""
    commands = commands_of(subject.filesystem.entry(entry_id).path for each in installed for entry_id in each.entries)
    end = last_user(subject, start, commands, cleans_lists=LISTS in command)
    last = max(end, next((step.index for step in subject.instructions if step.layer == layer), start))
    runs = join(subject, start, last)
    if runs and subject.is_used_elsewhere(runs):
        return (), OTHER_STAGES
    return runs, "" if runs else another_stage(subject, start, last)


def freed_with_packages(
    subject: Subject, layers: Collection[int], command: str, gone: Mapping[int, int]
) -> dict[int, int]:
    """What a command frees that removes packages, at the end of the RUN that makes these layers."""
    wholly = {entry_id for entry_id, size in gone.items() if size == subject.filesystem.size(entry_id)}
    frees = freed(subject, layers, command, wholly)
    shrunk = {entry_id: size for entry_id, size in gone.items() if subject.filesystem.locate(entry_id)[0] in layers}
    caches = shrunk_caches(subject, layers) if command.startswith("apt") else {}
    return caches | shrunk | frees


def _by_name(keep: Keep) -> tuple[str, str]:
    return keep.package, keep.reason


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
    frees = files_of(subject, going.values())
    if not named or not frees:
        return
    rule = find_rule(IN_BASE)
    slimmer = slimmer_base(subject.base.name if subject.base else None, dict(subject.evidence.run.environment))
    yield Finding(
        rule=IN_BASE,
        title=f"{rule.name}: {tools_title((p.name for p in named), len(going) - len(named))}",
        severity=_severity(subject, named),
        frees=frees,
        layers=by_bytes(subject.filesystem, frees),
        hidden_in=(),
        remedy=Remedy(
            RemedyKind.ANOTHER_BASE,
            doubts=_doubts(subject, named),
            advice=slimmer.advice if slimmer else rule.advice,
            base=slimmer.image if slimmer else "",
        ),
        packages=tuple(sorted(package.purl for package in going)),
    )


def _outside_packages(subject: Subject) -> Iterator[Finding]:
    toolchains = find_toolchains(subject.filesystem, subject.scans, subject.owned)
    if not toolchains:
        return
    started = {path for *_, way in Programs(subject.evidence.paths, subject.evidence.run).started() for path in way}
    for toolchain in toolchains:
        frees = _sizes(subject, toolchain.entries)
        paths = {subject.filesystem.entry(entry_id).path for entry_id in toolchain.entries}
        if not frees or started & paths:
            continue
        remedy, frees = _without_toolchain(subject, toolchain, frees)
        yield Finding(
            rule=UNPACKAGED,
            title=f"{toolchain.rule.title} in /{toolchain.home}",
            severity=find_rule(UNPACKAGED).severity,
            frees=frees,
            layers=by_bytes(subject.filesystem, frees),
            hidden_in=(),
            remedy=remedy,
        )


def _without_toolchain(subject: Subject, toolchain: Toolchain, files: dict[int, int]) -> tuple[Remedy, dict[int, int]]:
    """How it is removed once the last RUN that may use it is done; and what that frees."""
    rule, home = toolchain.rule, shell_path(toolchain.home)
    layer = by_bytes(subject.filesystem, files)[0]
    command, steps, saves_bytes = rule.command.format(home=home), subject.indexes_of(layer), sum(files.values())
    if subject.is_from_base(layer):
        return Remedy(RemedyKind.ANOTHER_BASE, steps, command if home else "", advice=rule.advice), files
    if not command:
        return Remedy(rule.remedy, steps, saves_bytes=saves_bytes, advice=rule.advice), files
    if not home or subject.is_copied(layer):
        kind = RemedyKind.COPY_LESS if home else RemedyKind.DELETE_IN_RUN
        return Remedy(kind, steps, saves_bytes=saves_bytes), files
    commands = commands_of(subject.filesystem.entry(entry_id).path for entry_id in toolchain.entries)
    end = max(steps[-1], last_user(subject, steps[0], commands, cleans_lists=False)) if steps else 0
    runs = join(subject, steps[0], end) if steps else ()
    if steps and (not runs or subject.is_used_elsewhere(runs)):
        return Remedy(RemedyKind.ANOTHER_STAGE, steps, saves_bytes=saves_bytes), files
    layers = [step.layer for step in map(subject.instructions.__getitem__, runs) if step.layer is not None]
    frees = files | freed(subject, layers, command, files) if len(runs) > 1 else files
    kind = rule.remedy if len(runs) < 2 else RemedyKind.JOIN_RUNS
    return Remedy(kind, runs, command, saves_bytes=sum(frees.values()), advice=rule.advice), frees


def _sizes(subject: Subject, entries: Iterable[int]) -> dict[int, int]:
    """Entry id → bytes, of those that have any."""
    return {entry_id: size for entry_id, size in subject.filesystem.sizes_of(entries).items() if size}


def files_of(subject: Subject, packages: Iterable[Installed]) -> dict[int, int]:
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
    return Severity.INFO if _doubts(subject, named) else Severity.WARNING


def _doubts(subject: Subject, named: Iterable[Package]) -> tuple[str, ...]:
    """What may speak against removing these tools: what they may be used for, and builds upon the image."""
    doubts = {subject.tooling.verdicts[package].doubt for package in named} - {""}
    onbuild = any(trigger.upper().startswith("RUN") for trigger in subject.evidence.run.triggers)
    return tuple(sorted(doubts | ({ONBUILD} if onbuild else set())))
