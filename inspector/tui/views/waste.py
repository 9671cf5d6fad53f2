"""The Waste view: findings by bytes, each with who brought it and who hid it; below, what to write instead.

Or, instead of findings, the paths with the most hidden bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

from inspector.content.reading import Contents
from inspector.filesystem.hidden_files import StoredPath, worst_paths
from inspector.findings.find import by_size, figures
from inspector.findings.finding import AdviceClass, Finding, bytes_by_layer
from inspector.findings.patch import finding_patch
from inspector.findings.registry import Severity, find_rule
from inspector.findings.remedy import RemedyKind
from inspector.findings.words import fix_text, patch_place
from inspector.inspection import Inspection
from inspector.safe_names import printable
from inspector.sizes import counted, human
from inspector.tui.commands import COPY, DETAILS_BY_I, LOOK, Command, bindings
from inspector.tui.instruction_words import MUTED, Part, instruction_text, origin, place
from inspector.tui.views.path_list import PathList, path_details
from inspector.tui.views.view import Leading, Target
from inspector.tui.widgets.cells import cut, padded
from inspector.tui.widgets.row_list import RowList, cursor_mark, size_and_bar

SEVERITIES = {
    Severity.ERROR: ("!", "lines--removed", "$text-error"),
    Severity.WARNING: (" ", "lines--modified", "$text-warning"),
    Severity.INFO: ("·", "lines--muted", MUTED),
}
"""Sign, its look in the list, and in the text below."""

DIFF_STYLES = {"+": "$text-success", "-": "$text-error", " ": ""}

CLASSES = {
    AdviceClass.SAFE: ("safe", "lines--plain", "nothing that runs can notice: reclaimable"),
    AdviceClass.TRADE: ("trade", "lines--modified", "a choice, summed up by itself"),
    AdviceClass.BASE: ("base", "lines--muted", "only another base image is without it"),
    AdviceClass.QUESTION: ("?", "lines--modified", "a question, in no sum: it hangs on what cannot be seen"),
}
"""What following advice asks of a person: word, its look in the list, and what it means."""

UNAVOIDABLE = ("–", "lines--muted", "in no sum: it cannot be avoided")

CLASS_WIDTH = 5

BAR = 8

ROOM_FOR_BAR, ROOM_FOR_LAYERS, ROOM_FOR_CLASS = 46, 64, 76
"""Cells of a list from which on it has bars, says what brought and hid a finding, and its class in a word."""

BROUGHT, HIDDEN = 7, 9
"""Cells of what brought and what hid it; their heads are as wide."""


PATHS = 200
"""Paths that are listed."""

BROUGHT_BY = 3
"""Layers of a finding that are named with their bytes."""


class FindingList(RowList):
    """Findings, most bytes first."""

    def __init__(self, inspection: Inspection, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.inspection = inspection
        self.findings = by_size(inspection.findings)
        self.most = max((finding.size_bytes for finding in self.findings), default=0)
        self.sums = sums_text(self.findings)

    @property
    def row_count(self) -> int:
        return len(self.findings)

    def on_resize(self) -> None:
        super().on_resize()
        wide = self.scrollable_content_region.width >= ROOM_FOR_LAYERS
        self.titled(self.sums, f" {'brought':>{BROUGHT}} {'hidden by':>{HIDDEN}}" if wide else "")

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        look = partial(self.look, selected=selected)
        finding = self.findings[row]
        hidden = finding.size_bytes if finding.hidden_in else 0
        room = BAR if width >= ROOM_FOR_BAR else 0
        whole = self.inspection.filesystem.ledger.total_bytes
        who = self._who(finding, width)
        head = [
            cursor_mark(selected, look),
            *size_and_bar(finding.size_bytes - hidden, hidden, whole, self.most, room, look),
            *(Segment(mark, look(mark_look)) for mark, mark_look in _marks(finding, width)),
        ]
        left = width - sum(segment.cell_length for segment in head) - len(who) - 1
        title_look = "lines--muted" if finding.severity is Severity.INFO else "lines--plain"
        title = Segment(padded(printable(finding.title), left), look(title_look))
        return Strip([*head, title, Segment(f" {who}", look("lines--muted"))]).adjust_cell_length(
            width, look("lines--plain")
        )

    def _who(self, finding: Finding, width: int) -> str:
        """What brought it and what hid it: the lines of the Dockerfile, or else layers."""
        if width < ROOM_FOR_LAYERS:
            return ""
        return f"{self._places(finding.layers):>{BROUGHT}} {self._places(finding.hidden_in):>{HIDDEN}}"

    def _places(self, layers: tuple[int, ...]) -> str:
        if not layers:
            return ""
        first = origin(self.inspection, layers[0]) or str(layers[0])
        return f"{first} +{len(layers) - 1}" if len(layers) > 1 else first


def _marks(finding: Finding, width: int) -> tuple[tuple[str, str], ...]:
    """The class of the advice and the sign of its severity, each with its look; one letter where it is narrow."""
    sign, sign_look, _ = SEVERITIES[finding.severity]
    word, word_look, _ = class_of(finding)
    if width >= ROOM_FOR_CLASS:
        return (f" {word:<{CLASS_WIDTH}} ", word_look), (f"{sign} ", sign_look)
    return ((f" {sign} ", sign_look) if finding.severity is Severity.ERROR else (f" {word[0]} ", word_look),)


class WasteView(Leading):
    """The list, and all about the selected finding or path. Paths are summed up in a worker when they are wanted."""

    ACTIONS: ClassVar[tuple[Command, ...]] = (
        *Leading.GO,
        Command(
            "waste.paths", "p", "Worst files by path",
            "Findings, or the worst files by path", "paths", LOOK, "waste", "by path", anywhere=True,
        ),
        DETAILS_BY_I,
        COPY,
    )  # fmt: skip
    BINDINGS = bindings(ACTIONS)

    class Summed(Message):
        """The paths are known."""

        def __init__(self, paths: list[StoredPath]) -> None:
            super().__init__()
            self.paths = paths

    def __init__(self, contents: Contents, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(contents, id=id)
        self.list = FindingList(self.inspection, id="waste-list")
        self.paths = PathList(self.inspection.filesystem.ledger.total_bytes, id="waste-paths")
        self.by_path = self.busy = False
        self.advice = Static(classes="advice-text")

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.paths
        with VerticalScroll(classes="advice", can_focus=False):
            yield self.advice

    @property
    def main(self) -> RowList:
        return self.paths if self.by_path else self.list

    @property
    def finding(self) -> Finding:
        return self.list.findings[self.list.cursor]

    def on_mount(self) -> None:
        self.paths.display = False
        self.list.rows_changed()

    def choose(self, finding: Finding) -> None:
        """Select a finding, in the list of them."""
        self.back()
        self.list.jump(self.list.findings.index(finding))

    @on(RowList.Moved)
    def show_advice(self) -> None:
        self.advice.update(self.details())
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def details(self) -> Content:
        if not self.by_path:
            return finding_details(self.inspection, self.finding)
        if self.paths.path is not None:
            return path_details(self.inspection, self.paths.path)
        return Content("summing up …" if self.busy else "No bytes are hidden.")

    def action_paths(self) -> None:
        """The worst files by path instead of findings, or the findings again."""
        self.by_path = not self.by_path
        self.list.display, self.paths.display = not self.by_path, self.by_path
        self.screen.set_focus(self.main)
        if self.by_path and not self.paths.paths and not self.busy:
            self.busy = True
            filesystem = self.inspection.filesystem
            self.run_worker(lambda: self.post_message(self.Summed(worst_paths(filesystem, PATHS))), thread=True)
        self.show_advice()

    def on_waste_view_summed(self, summed: Summed) -> None:
        self.busy = False
        self.paths.show(summed.paths)

    def back(self) -> bool:
        """From the paths to the findings."""
        if self.by_path:
            self.action_paths()
            return True
        return False

    def target(self) -> Target | None:
        if self.by_path:
            return self._target_of(self.paths.path)
        finding = self.finding
        layer = finding.layers[0] if finding.layers else None
        return Target(f"“{printable(finding.title)}”", (lambda: finding.frees) if finding.frees else None, layer)

    def _target_of(self, path: StoredPath | None) -> Target | None:
        """Where the path was stored first."""
        if path is None:
            return None
        versions = path.hidden | path.live
        layer, _ = self.inspection.filesystem.locate(min(versions))
        return Target(printable(f"/{path.path}"), lambda: versions, layer)

    def copied(self) -> tuple[str, str] | None:
        if self.by_path:
            return (f"/{self.paths.path.path}", "path") if self.paths.path else None
        patch = finding_patch(self.finding.remedy, self.inspection)
        if patch is not None:
            return patch.new_text, "new instruction"
        if self.finding.remedy.command and not self.finding.remedy.option:
            return self.finding.remedy.command, "command"
        return printable(fix_text(self.finding, self.inspection)), "fix"


def class_of(finding: Finding) -> tuple[str, str, str]:
    """What following its advice asks of a person: word, look and meaning."""
    return UNAVOIDABLE if finding.remedy.kind is RemedyKind.NOTHING else CLASSES[finding.advice_class]


def sums_text(findings: Iterable[Finding]) -> str:
    """`610.0 MB reclaimable · 11.0 MB trades · 49.0 MB base`; what is in no finding is not told."""
    frees = figures(findings)
    more = {"trades": frees.trade_bytes, "base": frees.base_bytes}
    parts = [f"{human(size)} {label}" for label, size in more.items() if size]
    return " · ".join([f"{human(frees.safe_bytes)} reclaimable", *parts])


def finding_details(inspection: Inspection, finding: Finding) -> Content:
    """What is wasted, how to write it instead, who brought it and who hid it, and which tools say the same."""
    total = inspection.filesystem.ledger.total_bytes
    others = find_rule(finding.rule).see
    see = f" · {', '.join(others)}" if others else ""
    parts: list[Part] = [
        (printable(finding.title), "bold"),
        "\n",
        (human(finding.size_bytes), "bold"),
        (f" in {counted(len(finding.frees), 'file')}", MUTED),
        (f" · without it the image has {human(total - finding.size_bytes)} of {human(total)}\n", MUTED),
    ]
    patch = finding_patch(finding.remedy, inspection)
    if patch is not None:
        parts += ["\n", ("Write this instead", "bold $primary"), (f"  {printable(patch_place(patch))}\n", MUTED)]
        parts += [(f"{line.sign} {line.text}\n", DIFF_STYLES[line.sign]) for line in patch.lines]
    parts += ["\n", *_quoting(printable(fix_text(finding, inspection))), "\n\n"]
    sizes = bytes_by_layer(inspection.filesystem, finding.frees)
    for label, layers in (("brought by ", finding.layers), ("hidden by  ", finding.hidden_in)):
        for layer in layers[:BROUGHT_BY]:
            size = f"{human(sizes[layer])} " if len(layers) > 1 and layer in sizes else ""
            parts += [(label, MUTED), f"{size}{place(inspection, layer)}  "]
            parts += [(cut(instruction_text(inspection, layer), 200), MUTED), "\n"]
        if rest := layers[BROUGHT_BY:]:
            size = human(sum(sizes.get(layer, 0) for layer in rest)) if label.startswith("brought") else ""
            parts += [(label, MUTED), f"{size} in {counted(len(rest), 'more layer')}\n".lstrip()]
    word, _, meaning = class_of(finding)
    parts += [("class      ", MUTED), f"{word} ", (f"· {meaning}\n", MUTED)]
    parts += [("rule       ", MUTED), f"{finding.rule} · ", (str(finding.severity), SEVERITIES[finding.severity][2])]
    return Content.assemble(*parts, (see, MUTED)).rstrip()


def _quoting(fix: str) -> list[Part]:
    """The advice with what it quotes, and what it wants written, standing out."""
    parts: list[Part] = []
    for nth, text in enumerate(fix.split("`")):
        parts.append((text, "$primary") if nth % 2 else text)
    return parts
