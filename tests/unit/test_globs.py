"""The one language of globs: what it means, what is no wildcard, and that nothing makes it slow."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.globs import expand, matcher


@pytest.mark.parametrize(
    ("glob", "fits", "misses"),
    [
        ("a/*", ["a/b", "a/.b"], ["a", "a/b/c", "xa/b"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "ab"]),
        ("**", ["a", "a/b"], [""]),
        ("**/b", ["b", "/b", "a/b", "a/c/b"], ["ab", "a/bc"]),
        ("**/**/b", ["b", "a/c/b"], ["ab"]),
        ("a/**/c", ["a/c", "a/b/c", "a/b/b/c"], ["a/bc", "ac"]),
        ("a**b", ["ab", "acb"], ["a/b"]),
        ("**/a/*b/**/c", ["a/b/c", "x/a/a/xb/c", "a/y/a/b/z/c"], ["a/c", "a/y/b/c"]),
        ("a{b,c/d}e", ["abe", "ac/de"], ["ae", "abce"]),
        ("x[0-9].?", ["x1.a"], ["xa.a", "x1.", "x1./"]),
        ("[!a]*", ["bc"], ["ab", "/c"]),
        ("[^a]", ["b", "^"], ["a", "/"]),
        ("[]a]", ["]", "a"], ["[]a]"]),
        ("[+--]", ["+", "-"], ["a", "/"]),
        ("[.-0]", [".", "0"], ["/"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[&&||~~\\]", ["&", "|", "~", "\\"], ["a"]),
        ("a.b", ["a.b"], ["axb"]),
        ("*\n", ["a\n"], ["a"]),
    ],
)
def test_what_globs_mean(glob: str, fits: list[str], misses: list[str]) -> None:
    pattern = matcher([glob])
    assert [path for path in fits if not pattern.fullmatch(path)] == []
    assert [path for path in misses if pattern.fullmatch(path)] == []


@pytest.mark.parametrize(
    "glob", ["[", "[]", "[!]", "[^]", "a[b", "a]", "[a/b]", "{a}", "{", "}{", "{{a}}", "\\", "(|)+"]
)
def test_what_is_no_wildcard_stands_for_itself(glob: str) -> None:
    assert matcher([glob]).fullmatch(glob)
    assert not matcher([glob]).fullmatch("a")


def test_a_range_that_ends_before_it_begins_holds_nothing() -> None:
    assert not any(map(matcher(["[z-a]"]).fullmatch, "az-"))
    assert all(map(matcher(["[!z-a]"]).fullmatch, "az-"))


def test_braces_are_written_out() -> None:
    assert expand("a{b,c}{,d}") == ["ab", "abd", "ac", "acd"]
    assert sorted(expand("{a,{b,c}}d")) == ["ad", "ad", "bd", "cd"]


def test_no_globs_fit_nothing() -> None:
    assert not matcher([]).fullmatch("")


def test_case_matters_unless_told_otherwise() -> None:
    assert not matcher(["*.py"]).fullmatch("A.PY")
    assert matcher(["*.[p]y"], ignore_case=True).fullmatch("A.PY")


def naive(glob: str, path: str) -> bool:
    """The meaning of `*`, `?`, `**/` and a last `**`, tried in all ways."""
    if not glob:
        return not path
    if glob == "**":
        return bool(path)
    if glob.startswith("**/"):
        starts = [0, *(position + 1 for position, letter in enumerate(path) if letter == "/")]
        return any(naive(glob[3:], path[start:]) for start in starts)
    head, *rest = glob.split("/", 1)
    name, *below = path.split("/", 1)
    return naive_name(head, name) and len(rest) == len(below) and (not rest or naive(rest[0], below[0]))


def naive_name(glob: str, name: str) -> bool:
    if not glob:
        return not name
    if glob[0] == "*":
        return naive_name(glob[1:], name) or (bool(name) and naive_name(glob, name[1:]))
    return bool(name) and glob[0] in ("?", name[0]) and naive_name(glob[1:], name[1:])


GLOBS = st.lists(st.sampled_from(["a", "b", "?", "*", "/", "**/", "a/", "/**", "*a*b"]), max_size=8).map("".join)


@given(GLOBS, st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=6).map("/".join))
def test_taking_as_little_as_possible_finds_what_trying_all_ways_finds(glob: str, path: str) -> None:
    assert bool(matcher([glob]).fullmatch(path)) == naive(glob, path)


@given(st.text("[]!^-ab{},*?/\\&~|.", max_size=12), st.text("[]ab-/", max_size=6))
def test_any_text_is_a_glob(glob: str, path: str) -> None:
    matcher([glob]).fullmatch(path)


@pytest.mark.parametrize("path", ["a" * 4000, "a/" * 2000, "a/b/c" * 800, "abc/" * 1000, "aaaaaaaaa/" * 400])
@pytest.mark.parametrize(
    "glob",
    [
        "a*a*a*a*b",
        "?*?*?*?*?*b",
        "**/a**/b**/c*x*y*z",
        "**/a/**/a/**/a/**/a/**/z",
        "**/*a*/**/*a*/**/*a*/z",
        "**/[!z]*[!z]*[!z]*z",
    ],
)
def test_no_glob_takes_long_on_a_long_path(glob: str, path: str) -> None:
    fits = matcher([glob]).fullmatch
    began = process_time()
    assert not fits(path)
    assert process_time() - began < 0.1
