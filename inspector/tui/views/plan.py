"""The Plan view: the techniques with the size that each predicts, the steps of the selected one, and its patch."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.timer import Timer

from inspector.atomic_file import write_atomically
from inspector.content.reading import Contents
from inspector.inspection import Inspection
from inspector.lean.plan.model import Answer, Plan
from inspector.sizes import human
from inspector.sources.protocol import Stage, Watch
from inspector.tui.commands import COPY, DETAILS_BY_I, LOOK, TAKE, Command, bindings
from inspector.tui.saving import save
from inspector.tui.views.plan_words import headline, patch_lines, size_by, step_lines, technique_text, text_lines
from inspector.tui.views.technique_list import TechniqueList
from inspector.tui.views.view import View
from inspector.tui.widgets.row_list import RowList
from inspector.tui.widgets.text_lines import Line, TextLines, as_text
from inspector.waiting import FRAME_SECONDS, Waiting

ROOM_FOR_BOTH = 26
"""Rows of the view from which on steps and patch have room below each other; else enter leads from one to the other."""


class Proposal(Struct, frozen=True):
    """What an answer would have written: a unified diff (`is_patch`), or where none can be told a whole Dockerfile;
    `text` is empty where only words say what to do."""

    is_patch: bool = True
    text: str = ""

    @property
    def name(self) -> str:
        return "patch" if self.is_patch else "Dockerfile"

    @property
    def file_name(self) -> str:
        return "leaninspect.patch" if self.is_patch else "Dockerfile.lean"


class Planned(Struct, frozen=True):
    """A plan, and what is proposed by each of its answers."""

    plan: Plan
    proposals: tuple[Proposal, ...]


def planned(inspection: Inspection) -> Planned:
    """The plan of an image. It may take a second: for a worker."""
    from inspector.lean.plan.document import document_of, patch_of  # not needed before the view is opened
    from inspector.lean.plan.make import make_plan

    plan, document = make_plan(inspection), document_of(inspection)

    def proposal(answer: Answer) -> Proposal:
        if plan.lean and answer in plan.lean.answers:
            patch, whole = plan.lean.patch, plan.lean.dockerfile
        else:
            whole = answer.dockerfile if answer.applies else ""
            patch = patch_of(document, whole) if whole else ""
        return Proposal(text=patch) if patch or not whole else Proposal(is_patch=False, text=whole)

    return Planned(plan, tuple(map(proposal, plan.answers)))


class Steps(TextLines, can_focus=False):
    """What is told of a technique: paged from the list above."""


class PlanView(View):
    """The list of techniques, below it the steps and the patch. The plan is made in a worker, when it is looked at."""

    ACTIONS: ClassVar[tuple[Command, ...]] = (
        Command("plan.patch", "enter", "Steps or patch", "To its patch, and back", "patch", LOOK, "plan", "patch"),
        COPY,
        Command(
            "plan.write", "p", "Write the patch", "Write the patch to a file", "write", TAKE, "plan", "write",
            anywhere=True,
        ),
        Command(
            "plan.trades", "t", "With trades", "With the trades counted in", "trades", LOOK, "plan", "trades",
            anywhere=True,
        ),
        DETAILS_BY_I,
    )  # fmt: skip
    BINDINGS = bindings(ACTIONS)

    class Made(Message):
        """There is a plan."""

        def __init__(self, made: Planned) -> None:
            super().__init__()
            self.made = made

    def __init__(self, contents: Contents, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(contents, id=id)
        self.list = TechniqueList(self.inspection.filesystem.ledger.total_bytes, id="technique-list")
        self.steps = Steps(id="plan-steps")
        self.patch = TextLines(id="plan-patch")
        self.made: Planned | None = None
        self.busy = self.with_trades = False
        self.waiting = Waiting()
        self.timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.steps
        yield self.patch

    @property
    def main(self) -> RowList:
        return self.patch if self.has_class("-patch") else self.list

    @property
    def answer(self) -> Answer | None:
        """The selected one."""
        return self.list.answers[self.list.cursor] if self.list.answers else None

    @property
    def proposal(self) -> Proposal:
        return self.made.proposals[self.list.cursor] if self.made and self.made.proposals else Proposal()

    def opened(self) -> None:
        if self.made is None and not self.busy:
            self.busy = True
            self.waiting = Waiting()
            self.waiting.take(Stage("making the plan"))
            self.timer = self.set_interval(FRAME_SECONDS, self._tell)
            self._tell()
            self.run_worker(lambda: self.post_message(self.Made(planned(self.inspection))), thread=True)

    def on_plan_view_made(self, message: Made) -> None:
        self.made, self.busy = message.made, False
        if self.timer is not None:
            self.timer.stop()
        self._fill()

    def _tell(self) -> None:
        """What is waited for."""
        self.list.border_title = Content(f"{self.waiting.spinner} {self.waiting.text}")

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height < ROOM_FOR_BOTH, "-one")

    def _fill(self) -> None:
        """The list with the sizes as they are counted now."""
        if self.made is None:
            return
        plan = self.made.plan
        sizes = [size_by(plan, answer, self.with_trades) for answer in plan.answers]
        self.list.show(plan.answers, sizes, plan.lean.answers if plan.lean else ())
        self.list.border_title = Content(headline(plan, self.with_trades))

    @on(RowList.Moved, "#technique-list")
    def show_answer(self) -> None:
        """The steps and the patch of the selected technique."""
        answer = self.answer
        if answer is None or self.made is None:
            return
        self.steps.show(self._steps(answer))
        sure = f" · {answer.confidence:.0%} sure" if answer.applies else ""
        self.steps.border_title = Content(f"{technique_text(answer)}{sure}")
        proposal = self.proposal
        self.patch.show(self._patch())
        self.patch.border_title = Content(f"{proposal.name.capitalize()} · {technique_text(answer)}")
        self.set_class(not proposal.text, "-no-patch")

    def _steps(self, answer: Answer) -> list[Line]:
        return step_lines(self.inspection, self.made.plan, answer, self.with_trades) if self.made else []

    def _patch(self) -> list[Line]:
        proposal, lean = self.proposal, self.made.plan.lean if self.made else None
        if not proposal.text:
            return []
        reconstructed = lean.reconstructed if lean else False
        return (patch_lines if proposal.is_patch else text_lines)(proposal.text, reconstructed)

    @on(TechniqueList.Paged)
    def page_steps(self, paged: TechniqueList.Paged) -> None:
        """More of the steps, which have no cursor of their own."""
        rows = int(paged.pages * max(self.steps.scrollable_content_region.height, 2))
        self.steps.scroll_relative(y=rows, animate=False)

    @on(RowList.Opened)
    def action_patch(self) -> None:
        """Into the patch, to read it, and out of it again."""
        if self.back():
            return
        if not self.proposal.text:
            self.notify("No patch: what to do is said in words.")
            return
        self.add_class("-patch")
        self.screen.set_focus(self.patch)

    def back(self) -> bool:
        """Out of the patch."""
        if not self.has_class("-patch"):
            return False
        self.remove_class("-patch")
        self.screen.set_focus(self.list)
        return True

    def action_trades(self) -> None:
        """The trades counted in, or not any more."""
        lean = self.made.plan.lean if self.made else None
        if lean is None or lean.with_trades_bytes == lean.predicted_bytes:
            self.notify("There are no trades to count in.")
            return
        self.with_trades = not self.with_trades
        self._fill()

    def details(self) -> Content | None:
        answer = self.answer
        if answer is None or self.made is None:
            return None
        return Content("\n\n").join(
            [Content.styled(technique_text(answer), "bold"), as_text(self._steps(answer)), as_text(self._patch())]
        )

    def copied(self) -> tuple[str, str] | None:
        proposal = self.proposal
        return (proposal.text, proposal.name) if proposal.text else None

    def action_write(self) -> None:
        proposal = self.proposal
        if not proposal.text:
            self.notify("There is no patch to write.")
            return

        def write(path: Path, _overwrite: bool, _watch: Watch) -> str:
            data = proposal.text.encode()
            write_atomically(path, data)
            return f"Wrote {path}, {human(len(data))}."

        save(
            self,
            f"Write the {proposal.name} to",
            f"./{proposal.file_name}",
            lambda path: [path] if path.exists() else [],
            write,
        )
