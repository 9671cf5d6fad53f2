"""The parts without a terminal: bars, cut texts, and the outline of a tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

import inspector.tui
from inspector.demo.archive import Member, tar_layer, whiteout
from inspector.filesystem.stack import stack_layers
from inspector.filesystem.tree import ROOT, Change, FileTree, layer_tree
from inspector.layers.scan import scan_layer
from inspector.tui.views.name_filter import fits, span
from inspector.tui.views.outline import Criteria, Outline, heavy_folders, keep
from inspector.tui.views.tiles import Rect, Tile, gathered, squarified
from inspector.tui.views.tree_index import REMEMBERED, Browsed, Order, Trees
from inspector.tui.widgets.cells import bar, cut, cut_front, padded
from inspector.tui.widgets.text_lines import Piece, pieces_width, wrapped, wrapped_by_words


def tree_of(*layers: list[Member], layer: int = 0) -> FileTree:
    filesystem = stack_layers([scan_layer([tar_layer(members)]).scan.entries for members in layers])
    return layer_tree(filesystem, layer)


TREE = tree_of([Member(path, b"x" * size) for path, size in {"a/b/c": 5, "a/d": 50, "e/f": 9, "g": 1}.items()])


def paths(outline: Outline) -> list[str]:
    return [outline.tree.path(node) for node in outline.rows]


@pytest.mark.parametrize(
    ("live", "hidden", "drawn"),
    [
        (100, 0, ("██████████", "")),
        (50, 0, ("█████", "")),
        (56, 0, ("█████▋", "")),
        (1, 0, ("▏", "")),
        (0, 0, ("", "")),
        (0, 100, ("", "▓▓▓▓▓▓▓▓▓▓")),
        (50, 50, ("█████", "▓▓▓▓▓")),
        (99, 1, ("█████████", "▓")),
        (1, 99, ("█", "▓▓▓▓▓▓▓▓▓")),
        (0, 1, ("", "░")),
        (9, 1, ("█", "")),
        (1, 9, ("", "▓")),
    ],
)
def test_bars(live: int, hidden: int, drawn: tuple[str, str]):
    assert bar(live, hidden, 100, 10) == drawn


def test_a_bar_without_room_or_scale_is_empty():
    assert bar(1, 1, 0, 10) == bar(1, 1, 10, 0) == ("", "")


@pytest.mark.parametrize("text", ["plain", "数据库数据库", "e\u0301e\u0301e\u0301", ""])
@pytest.mark.parametrize("width", range(8))
def test_cut_texts_fit(text: str, width: int):
    assert cell_len(cut(text, width)) <= width
    assert cell_len(cut_front(text, width)) <= width
    assert cell_len(padded(text, width)) == width


def test_cut_texts_end_or_begin_with_an_ellipsis():
    assert (cut("abcdef", 4), cut_front("abcdef", 4), cut("abcd", 4)) == ("abc…", "…def", "abcd")


def test_rows_are_sorted_by_size_then_name():
    assert paths(Outline(Browsed(TREE))) == ["", "a", "e", "g"]
    assert paths(Outline(Browsed(TREE), order=Order.NAME, opened=TREE.children)) == [
        "",
        "a",
        "a/b",
        "a/b/c",
        "a/d",
        "e",
        "e/f",
        "g",
    ]


def test_opening_and_closing_a_folder_remembers_what_was_open_inside():
    outline = Outline(Browsed(TREE), opened=TREE.children)
    all_open = paths(outline)
    outline.close(1)
    assert paths(outline) == ["", "a", "e", "e/f", "g"]
    outline.open(1)
    assert paths(outline) == all_open == ["", "a", "a/d", "a/b", "a/b/c", "e", "e/f", "g"]


def test_toggling_a_file_does_nothing():
    outline = Outline(Browsed(TREE))
    outline.toggle(3)
    assert paths(outline) == ["", "a", "e", "g"]


def test_revealing_opens_the_way():
    outline = Outline(Browsed(TREE))
    outline.reveal(TREE.find("a/b/c") or 0)
    assert paths(outline) == ["", "a", "a/d", "a/b", "a/b/c", "e", "g"]
    assert outline.row_of(TREE.find("e/f") or 0) == paths(outline).index("e")


def test_heavy_folders_are_those_with_a_tenth_of_the_bytes():
    assert [TREE.path(node) for node in heavy_folders(TREE)] == ["", "e", "a"]


def test_a_pattern_keeps_what_it_finds_what_is_inside_and_the_way_there():
    found = keep(Browsed(TREE), Criteria(pattern="B"))
    assert [TREE.path(node) for node in range(len(TREE)) if found.flags[node]] == ["", "a", "a/b", "a/b/c"]
    assert paths(Outline(Browsed(TREE), kept=found)) == ["", "a", "a/b"]
    assert found.matches == 2


def test_a_pattern_with_a_slash_is_looked_for_in_paths():
    found = keep(Browsed(TREE), Criteria(pattern="/a/d"))
    assert paths(Outline(Browsed(TREE), kept=found)) == ["", "a", "a/d"]


def test_criteria_combine():
    tree = tree_of(
        [Member("x/old", b"1" * 10), Member("x/kept", b"2")],
        [Member("x/new", b"3" * 5), whiteout("x/old")],
        [whiteout("x/new")],
        layer=1,
    )
    kept = keep(Browsed(tree), Criteria(frozenset({Change.ADDED}), hidden=True))
    assert paths(Outline(Browsed(tree), kept=kept, opened=tree.children)) == ["", "x", "x/new"]
    assert keep(Browsed(tree), Criteria(frozenset(), hidden=True)).matches == 0


def test_the_root_is_always_there():
    nothing = keep(Browsed(TREE), Criteria(pattern="nowhere"))
    assert paths(Outline(Browsed(TREE), kept=nothing)) == [""]
    assert nothing.flags[ROOT]


def test_the_trees_looked_at_last_are_remembered():
    trees = Trees(stack_layers([]))
    first = trees.get("first", lambda _: TREE)
    for other in range(REMEMBERED - 1):
        trees.get(other, lambda _: TREE)
    assert trees.get("first", lambda _: TREE) is first
    for other in range(REMEMBERED):
        trees.get(other, lambda _: TREE)
    assert trees.get("first", lambda _: TREE) is not first


def test_closing_hides_all_below_and_nothing_else():
    outline = Outline(Browsed(TREE), opened=TREE.children)
    assert paths(outline) == ["", "a", "a/d", "a/b", "a/b/c", "e", "e/f", "g"]
    outline.close(5)
    outline.close(1)
    assert paths(outline) == ["", "a", "e", "g"]
    assert [outline.row_of(TREE.find(path)) for path in ("a/b/c", "e/f", "g", "")] == [1, 2, 3, 0]
    outline.open(1)
    assert paths(outline) == ["", "a", "a/d", "a/b", "a/b/c", "e", "g"]
    outline.close(0)
    assert paths(outline) == [""]


def test_the_package_does_not_import_textual_before_it_is_needed():
    imports = [
        node for node in ast.walk(ast.parse(Path(inspector.tui.__file__).read_text())) if isinstance(node, ast.Import)
    ]
    assert imports == []


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("LIB", "libfoo", True),
        ("lib*", "libfoo", True),
        ("lib*", "mylib", False),
        ("*.p?", "a.PY", True),
        ("/^lib.$/", "libc", True),
        ("/^lib.$/", "libcc", False),
        ("/(/", "(", False),
        ("/usr/lib", "/usr/lib/x", True),
        ("usr/*/x", "/usr/lib/x", True),
        ("/usr/*", "/opt/usr/x", False),
        ("/^lib/", "/usr/libc", True),
        ("/^.usr/", "/usr/libc", True),
        ("/^usr/", "/usr/libc", False),
    ],
)
def test_patterns_are_parts_globs_or_regular_expressions(pattern: str, text: str, found: bool):
    assert bool(fits(pattern)(text)) is found


@pytest.mark.parametrize(
    ("pattern", "path", "marked"),
    [
        ("O.S", "/usr/libfoo.so", "o.s"),
        ("usr", "/usr/usr", "usr"),
        ("usr/li", "/usr/lib", "li"),
        ("/usr/lib", "/usr/lib/x", None),
        ("/lib", "/lib/libx", "lib"),
        ("*.so", "/usr/libfoo.so", "libfoo.so"),
        ("/^lib./", "/usr/libfoo.so", "libf"),
        ("/usr.*foo/", "/usr/libfoo.so", "libfoo"),
        ("/$/", "/usr/libfoo.so", None),
        ("ß", "/STRASSE", None),
    ],
)
def test_the_part_of_a_name_that_a_pattern_found(pattern: str, path: str, marked: str | None):
    found = span(pattern, path)
    assert (found and path[path.rindex("/") + 1 :][slice(*found)]) == marked


def test_matches_are_gone_through_in_turn():
    outline = Outline(Browsed(TREE), kept=keep(Browsed(TREE), Criteria(pattern="?")))
    rows = [0]
    for _ in range(7):
        rows.append(outline.next_match(rows[-1], 1))
    assert rows[1:] == [1, 2, 3, 4, 5, 6, 7]
    assert outline.next_match(1, -1) == 7
    assert Outline(Browsed(TREE)).next_match(2, 1) == 2


def test_tiles_fill_the_space_in_proportion():
    rects = squarified([600, 300, 60, 40], 60, 20)
    areas = [(rect.right - rect.left) * (rect.bottom - rect.top) for rect in rects]
    assert sum(areas) == 60 * 20
    assert all(abs(area - share * 1200) <= 60 for area, share in zip(areas, (0.6, 0.3, 0.06, 0.04), strict=True))


def test_tiles_do_not_overlap():
    rects = squarified([50, 30, 20, 10, 5, 5, 3, 2, 1, 1], 70, 30)
    cells = [(x, y) for rect in rects for x in range(rect.left, rect.right) for y in range(rect.top, rect.bottom)]
    assert len(cells) == len(set(cells)) == 70 * 30


def test_one_tile_is_everything_and_none_nothing():
    assert squarified([5], 10, 4) == [Rect(0, 0, 10, 4)]
    assert squarified([], 10, 4) == squarified([5], 0, 4) == squarified([0], 10, 4) == []


def test_tiles_too_small_to_be_seen_share_one_that_opens():
    tiles = [Tile("big", 1_000), *(Tile(f"small {n}", 1, hidden=1) for n in range(5))]
    big, rest = gathered(tiles, 1_000)
    assert (big.label, rest.label, rest.size, rest.hidden) == ("big", "5 smaller", 5, 5)
    assert rest.inside is not None and rest.inside() == tiles[1:]


TEXT = (("a", "one two  three"), ("b", "four数据库 fiveeeeeeeeeee"), ("b", "    &&"))


def rows_of(wrap: Callable[[Iterable[Piece], int], Iterator[list[Piece]]], width: int) -> list[str]:
    return ["".join(text for _, text in row) for row in wrap(TEXT, width)]


def test_a_text_goes_on_in_the_next_row_wherever_one_is_full():
    assert rows_of(wrapped, 12) == ["one two  thr", "eefour数据库", " fiveeeeeeee", "eee    &&"]


def test_a_text_is_broken_between_words_and_long_words_anywhere():
    assert rows_of(wrapped_by_words, 12) == ["one two ", "three", "four数据库", "fiveeeeeeeee", "ee    &&"]


@pytest.mark.parametrize("wrap", [wrapped, wrapped_by_words])
@pytest.mark.parametrize("width", [2, 3, 5, 8, 13, 40, 100])
def test_nothing_of_a_text_is_lost_however_it_is_wrapped(
    wrap: Callable[[Iterable[Piece], int], Iterator[list[Piece]]], width: int
):
    rows = list(wrap(TEXT, width))
    assert all(pieces_width(row) <= width for row in rows)
    letters = [(look, letter) for row in rows for look, text in row for letter in text if letter != " "]
    assert letters == [(look, letter) for look, text in TEXT for letter in text if letter != " "]


def test_an_empty_text_is_one_empty_row():
    assert list(wrapped((), 10)) == list(wrapped_by_words((), 10)) == [[]]
