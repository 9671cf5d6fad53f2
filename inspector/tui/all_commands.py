"""The one list of all commands that there are, in whatever view or screen: keymaps name them."""

from __future__ import annotations

from inspector.tui.commands import EVERYWHERE, one_list
from inspector.tui.compare.one_side import OneSide
from inspector.tui.compare.screen import CompareScreen
from inspector.tui.views.file_viewer import ContentPage
from inspector.tui.views.registry import VIEW_KINDS
from inspector.tui.widgets.layer_list import LayerList

ALL_COMMANDS = one_list(
    *(kind.view.ACTIONS for kind in VIEW_KINDS),
    ContentPage.ACTIONS,
    LayerList.ACTIONS,
    OneSide.ACTIONS,
    CompareScreen.ACTIONS,
    EVERYWHERE,
)
