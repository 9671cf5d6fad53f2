"""A file's details: whose it is, why that package is there, and the digests of its layer."""

from __future__ import annotations

from functools import cache

from textual.pilot import Pilot

from inspector.demo.archive import Member, whiteout
from inspector.inspection import Inspection
from inspector.tui.widgets.pages import Details

from .driving import app_for, lines_of, press, until
from .images import inspection_of, run

NEEDS = {"g++": "gcc", "gcc": "gcc-12", "gcc-12": "cpp-12", "cpp-12": ""}


def dpkg(names: list[str]) -> list[Member]:
    """Debian's database with these packages, of which only g++ was asked for."""
    status, states = "", ""
    for name in names:
        needs = f"Depends: {NEEDS[name]}\n" if NEEDS[name] else ""
        status += f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.2\n{needs}\n"
        states += f"Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n\n" if name != "g++" else ""
    lists = [Member(f"var/lib/dpkg/info/{name}.list", f"/.\n/opt/{name}\n".encode()) for name in names]
    return [
        Member("var/lib/dpkg/status", status.encode()),
        Member("var/lib/apt/extended_states", states.encode()),
        *lists,
    ]


@cache
def image() -> Inspection:
    """g++ and what it needs come, and go too late."""
    files = [Member(f"opt/{name}", name.encode() * 1000) for name in NEEDS]
    gone = [whiteout(f"opt/{name}") for name in NEEDS]
    return inspection_of(
        [
            run("apt-get install -y g++", *files, Member("opt/mine", b"mine"), *dpkg(list(NEEDS))),
            run("apt-get purge -y g++", *gone, *dpkg([])),
        ]
    )


@cache
def staying() -> Inspection:
    files = [Member(f"opt/{name}", name.encode() * 1000) for name in NEEDS]
    return inspection_of([run("apt-get install -y g++", *files, *dpkg(list(NEEDS)))])


async def details(pilot: Pilot[int], name: str) -> str:
    """The details of a file of layer 0, once all of them are known."""
    await press(pilot, "g", "tab", "slash", *name, "enter", "i")
    page = pilot.app.screen
    assert isinstance(page, Details)
    await until(pilot, lambda: "…" not in page.text.plain)
    return page.text.plain


async def test_the_package_and_the_chain_up_to_what_was_asked_for():
    async with app_for(staying()).run_test(size=(120, 40)) as pilot:
        told = (await details(pilot, "opt/cpp-12")).splitlines()
        assert "package      cpp-12 12.2 (deb)" in told
        assert "why          cpp-12 ← gcc-12 ← gcc ← g++" in told


async def test_of_a_file_that_was_removed_the_package_that_owned_it_then():
    async with app_for(image()).run_test(size=(120, 40)) as pilot:
        told = (await details(pilot, "opt/gcc-12")).splitlines()
        assert "package      gcc-12 12.2 (deb)" in told
        assert "why          gcc-12 ← gcc ← g++" in told


async def test_a_file_of_no_package_says_so():
    async with app_for(image()).run_test(size=(120, 40)) as pilot:
        assert "package      of no package" in (await details(pilot, "mine")).splitlines()


async def test_the_digests_of_its_layer_are_whole_and_copied():
    app = app_for(image())
    async with app.run_test(size=(120, 40)) as pilot:
        told = await details(pilot, "mine")
        diff_id = image().image.layers[0].diff_id
        assert f"diff id  {diff_id}" in told
        assert any("y: copy the diff id · ↑↓ scroll · esc closes" in line for line in lines_of(pilot))
        await pilot.press("y")
        assert app.clipboard == diff_id


async def test_a_layers_details_have_its_digests_whole_too():
    app = app_for(image())
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "G", "i")
        page = pilot.app.screen
        assert isinstance(page, Details)
        diff_id = image().image.layers[1].diff_id
        assert f"diff id     {diff_id}" in page.text.plain
        await pilot.press("Y", "y")
        assert app.clipboard == diff_id
