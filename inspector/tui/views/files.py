"""The right half: the file tree of the selected layer, its filter, and the selected path in full.

Trees are built in a worker. There is never more than one at work; of the requests that come meanwhile only the newest
is kept, so that holding a key down costs one tree and not one for each row passed.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from inspector.content.reading import Contents
from inspector.filesystem.stack import IMPLIED
from inspector.filesystem.tree import ROOT, Change, stacked_tree
from inspector.layers.entries import Kind
from inspector.tui.commands import (
    CLOSE,
    COPY,
    DETAILS,
    FILTER,
    FOLD,
    LOOK,
    MOVING,
    NARROW,
    OPEN,
    SHOW,
    SORT,
    TAKE,
    Command,
    bindings,
)
from inspector.tui.extraction import extract_to_disk
from inspector.tui.instruction_words import MUTED
from inspector.tui.remembering import Remembers
from inspector.tui.views.file_list import FileList
from inspector.tui.views.file_viewer import ContentPage
from inspector.tui.views.files_shown import CYCLE, FilesShown, Scope, draw
from inspector.tui.views.outline import Criteria, Outline
from inspector.tui.views.ownership import owner_of, owner_words
from inspector.tui.views.tree_index import Browsed, Order, Trees
from inspector.tui.views.view import Filtered, Target
from inspector.tui.widgets.cells import cut_front
from inspector.tui.widgets.pages import Details
from inspector.tui.widgets.row_list import RowList
from inspector.tui.words import layer_digests, node_details, node_facts, node_fate, node_path


class FilesView(Filtered):
    """The file list and what belongs to it."""

    PLACEHOLDER = "part of a name, or of a path with / · *.py · /regular expression/"
    ACTIONS: ClassVar[tuple[Command, ...]] = (
        *MOVING,
        Command(
            "scope.next", "a", "Next scope: layer, up to layer, final image",
            "Layer → up to layer → final image", "next_scope", LOOK, footer="scope", anywhere=True,
        ),
        DETAILS,
        SORT,
        Command(
            "attributes", "b,ctrl+b", "Mode, owner, time",
            "Show or hide mode, owner, time", "attributes", LOOK, anywhere=True,
        ),
        Command("content", "v", "Content of the file", "What is in the file", "content", LOOK, "files"),
        Command("fold", "space", "Fold", "Open or close the folder", "fold", FOLD, footer="fold", anywhere=True),
        CLOSE,
        OPEN,
        Command(
            "fold.close-all", "z,ctrl+@", "Close all folders", "Close all folders", "close_all", FOLD, anywhere=True
        ),
        Command("fold.open-all", "Z", "Open all folders", "Open all folders", "open_all", FOLD, anywhere=True),
        FILTER,
        Command("filter.next", "n", "Next match", "The next match", "match(1)", NARROW, anywhere=True),
        Command("filter.previous", "N", "Previous match", "The match before", "match(-1)", NARROW, anywhere=True),
        Command(
            "waste", "w", "Hidden bytes", "What is stored but hidden", "hidden", NARROW, footer="hidden", anywhere=True
        ),
        *SHOW,
        Command("dive.added", "ctrl+a", "", "As in dive: A", "show('ADDED')", NARROW, "files", in_palette=False),
        Command("dive.removed", "ctrl+r", "", "As in dive: R", "show('REMOVED')", NARROW, "files", in_palette=False),
        COPY,
        Command("extract", "x", "Extract to disk", "Write it to disk", "extract", TAKE, "files"),
    )  # fmt: skip
    BINDINGS = bindings(ACTIONS)

    class Drawn(Message):
        """The worker has an outline ready."""

        def __init__(self, view: FilesShown, outline: Outline) -> None:
            super().__init__()
            self.view = view
            self.outline = outline

    class Stacked(Message):
        """Another tree is shown, in which these layers are stacked."""

        def __init__(self, layers: range) -> None:
            super().__init__()
            self.layers = layers

    class Owned(Message):
        """The worker knows whose the file of a page of details is."""

        def __init__(self, page: Details, text: Content) -> None:
            super().__init__()
            self.page, self.text = page, text

    def __init__(self, contents: Contents, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(contents, id=id)
        self.wanted = FilesShown()
        self.shown: tuple[FilesShown, Outline] | None = None
        self.busy = False
        self.before_filter: frozenset[int] | None = None
        self.trees = Trees(self.inspection.filesystem)
        nothing = Outline(Browsed(stacked_tree(self.inspection.filesystem, -1)))
        self.list = FileList(self.inspection, nothing, id="file-list")
        self.selection = Static(classes="selection")

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.filter
        yield self.selection

    def on_mount(self) -> None:
        self.list.attributes = isinstance(self.app, Remembers) and self.app.attributes

    @property
    def main(self) -> FileList:
        return self.list

    def show(self, **changes: object) -> None:
        """Change what is to be shown, by its fields. With another layer the files are those of layers again."""
        view = replace(self.wanted, **changes)
        if view.scope is self.wanted.scope is Scope.CHOSEN and view.layer != self.wanted.layer:
            view = replace(view, scope=Scope.LAYER, criteria=Criteria())
        if not view.same_tree(self.wanted):
            view, self.before_filter = replace(view, opened=None), None
        elif "opened" not in changes:
            view = replace(view, opened=self._opened(view))
        self.wanted = view
        self._set_title()
        if not self.busy:
            self._start()

    def _opened(self, view: FilesShown) -> frozenset[int] | None:
        """Folders as the person left them; a filter opens what it finds, and clearing it brings the rest back."""
        filtered, was_filtered = bool(view.criteria.pattern), bool(self.wanted.criteria.pattern)
        current = frozenset(self.shown[1].opened) if self.shown and self.shown[0].same_tree(view) else None
        if filtered and not was_filtered:
            self.before_filter = current
        if filtered:
            return None
        if view.criteria.hidden != self.wanted.criteria.hidden:
            return None
        return self.before_filter if was_filtered else current

    def _start(self) -> None:
        self.busy = True
        view, trees = self.wanted, self.trees
        self.run_worker(lambda: self.post_message(self.Drawn(view, draw(trees, view))), thread=True, group="tree")

    def on_files_view_drawn(self, drawn: Drawn) -> None:
        """Show what came, unless something newer is wanted already."""
        self.busy = False
        path = self.list.outline.tree.path(self.list.node) if self.shown else ""
        found = bool(self.shown and self.shown[0].criteria.pattern and not drawn.view.criteria.pattern)
        self.shown = (drawn.view, drawn.outline)
        self.list.show(drawn.outline, path, reveal=found, tinted=drawn.view.scope is Scope.STACK)
        self.post_message(self.Stacked(drawn.view.stacked(len(self.inspection.scans))))
        self._set_title()
        if drawn.view is not self.wanted:
            self._start()

    @on(RowList.Moved)
    def show_selection(self) -> None:
        """The selected path in full, and its facts."""
        tree, node = self.list.outline.tree, self.list.node
        width = max(self.size.width - 2, 1)
        facts = " · ".join(node_facts(self.inspection, tree, node))
        fate = "".join(part if isinstance(part, str) else part[0] for part in node_fate(self.inspection, tree, node))
        self.selection.update(
            Content.assemble(
                cut_front(node_path(tree, node), width),
                "\n",
                (facts, MUTED),
                f"  {fate.splitlines()[0]}" if fate else "",
            ),
            layout=False,
        )

    def on_resize(self) -> None:
        self.show_selection()

    def details(self) -> Content:
        return node_details(self.inspection, self.list.outline.tree, self.list.node)

    def action_details(self) -> None:
        """On a page; whose the file is, and why that is there, comes as soon as a worker knows."""
        tree, node, inspection = self.list.outline.tree, self.list.node, self.inspection
        entry_id = tree.entry_ids[node]
        if entry_id == IMPLIED or tree.kinds[node] == Kind.DIRECTORY:
            super().action_details()
            return
        layer = inspection.filesystem.locate(entry_id)[0]
        text = node_details(inspection, tree, node, [("package", [("…", MUTED)])])
        page = Details(text, copies=layer_digests(inspection, layer))
        self.app.push_screen(page)

        def find() -> None:
            words = owner_words(inspection, owner_of(inspection, entry_id))
            self.post_message(self.Owned(page, node_details(inspection, tree, node, words)))

        self.run_worker(find, thread=True, group="owner")

    def on_files_view_owned(self, owned: Owned) -> None:
        if owned.page.is_attached:
            owned.page.retell(owned.text)

    def copied(self) -> tuple[str, str]:
        return "/" + self.list.outline.tree.path(self.list.node), "path"

    def back(self) -> bool:
        """Without any filter; from the files of a finding back to those of the layer."""
        closed = self.close_filter()
        if not self.wanted.criteria.keeps_all:
            self.show(criteria=Criteria())
        elif not closed and self.wanted.scope is Scope.CHOSEN:
            self.show(scope=Scope.LAYER)
        elif not closed:
            return False
        return True

    def choose(self, chosen: Target) -> None:
        """The files of a finding, package or tile, and nothing else."""
        self.close_filter()
        layer = self.wanted.layer if chosen.layer is None else chosen.layer
        self.show(scope=Scope.CHOSEN, chosen=chosen, layer=layer, criteria=Criteria(), opened=None)

    def restore(self, view: FilesShown, outline: Outline | None) -> None:
        """As it was before a jump; at once, if the outline is known."""
        self.filter.value = view.criteria.pattern
        self.filter.display = bool(view.criteria.pattern)
        self.wanted, self.before_filter = view, None
        if outline is None or self.busy:
            self.show(opened=view.opened)
        else:
            self.on_files_view_drawn(self.Drawn(view, outline))

    def narrow(self, pattern: str) -> None:
        if pattern != self.wanted.criteria.pattern:
            self.show(criteria=replace(self.wanted.criteria, pattern=pattern))

    def action_match(self, step: int) -> None:
        self.list.jump(self.list.outline.next_match(self.list.cursor, step))

    def action_hidden(self) -> None:
        criteria = self.wanted.criteria
        self.show(criteria=replace(criteria, hidden=not criteria.hidden))

    def action_show(self, change: str) -> None:
        criteria = self.wanted.criteria
        self.show(criteria=replace(criteria, changes=criteria.changes ^ {Change[change]}))

    def action_sort(self) -> None:
        self.show(order=Order.NAME if self.wanted.order is Order.SIZE else Order.SIZE)

    def action_next_scope(self) -> None:
        scope = self.wanted.scope
        self.show(scope=CYCLE[(CYCLE.index(scope) + 1) % len(CYCLE)] if scope in CYCLE else CYCLE[0])

    def action_attributes(self) -> None:
        self.list.attributes = not self.list.attributes
        self.list.refresh()
        if isinstance(self.app, Remembers):
            self.app.remember_attributes(self.list.attributes)

    def action_fold(self) -> None:
        self.list.outline.toggle(self.list.cursor)
        self.list.rows_changed()

    def action_open(self) -> None:
        """Open the folder; in an open one go to its first row."""
        outline, row = self.list.outline, self.list.cursor
        if self.list.node in outline.opened and outline.children(self.list.node):
            self.list.move(1)
        else:
            outline.open(row)
            self.list.rows_changed()

    def action_close(self) -> None:
        """Close the folder; from a closed one or a file go to the folder above. At the root it is the screen's."""
        outline, row = self.list.outline, self.list.cursor
        if self.list.node in outline.opened and self.list.node != ROOT:
            outline.close(row)
            self.list.rows_changed()
        elif row == 0:
            raise SkipAction
        else:
            self.list.jump(outline.parent_row(row))

    def action_open_all(self) -> None:
        self.show(opened=frozenset(self.list.outline.tree.children))

    def action_close_all(self) -> None:
        self.show(opened=frozenset())

    def action_content(self) -> None:
        """The content of the selected file, as the layer that is shown has it."""
        tree, node = self.list.outline.tree, self.list.node
        if tree.kinds[node] not in (Kind.FILE, Kind.HARDLINK) or tree.entry_ids[node] == IMPLIED:
            self.notify("Only files have a content to look at.", timeout=3)
            return
        self.app.push_screen(ContentPage(self.contents, tree.path(node), tree.entry_ids[node]))

    def action_extract(self) -> None:
        extract_to_disk(self, self.contents, self.list.outline.tree, self.list.node)

    def _set_title(self) -> None:
        view, criteria = self.wanted, self.wanted.criteria
        whose = {
            Scope.LAYER: f"of layer {view.layer}",
            Scope.STACK: f"up to layer {view.layer}",
            Scope.FINAL: "of the final image",
            Scope.CHOSEN: f"of {view.chosen.name}" if view.chosen else "",
        }[view.scope]
        parts = [f"Files {whose}", *(["by name"] if view.order is Order.NAME else [])]
        parts += ["hidden only"] if criteria.hidden else []
        hidden = [change.name.lower() for change in Change if change not in criteria.changes]
        parts += [f"without {', '.join(hidden)}"] if hidden else []
        kept = self.shown[1].kept if self.shown and self.shown[0] is view else None
        parts += [f"“{criteria.pattern}”"] if criteria.pattern else []
        if kept is not None:
            parts.append("nothing found" if not kept.matches else f"{kept.matches} found")
        self.list.border_title = Content(" · ".join(parts))
