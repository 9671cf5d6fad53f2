"""Inventories: whose every byte is, which layer brought what, and what is only a part of something else."""

from __future__ import annotations

from inspector.demo.archive import Member, directory, hardlink, symlink, whiteout
from inspector.packages.inventory import owned_paths, owners, take_inventory
from inspector.packages.model import Distribution, Unread
from tests.builders import file

from .inventories import changes, dpkg_list, files, image_of, inventory_of, named, stanza

INFO = "var/lib/dpkg/info"


def deb(name: str, *paths: str) -> list[Member]:
    """A list of dpkg's."""
    return files({f"{INFO}/{name}.list": dpkg_list(*paths)})


def status(*stanzas: str) -> list[Member]:
    return files({"var/lib/dpkg/status": "".join(stanzas)})


def test_a_package_weighs_its_files_and_what_dpkg_keeps_of_it() -> None:
    text = dpkg_list("usr/bin/make", "usr/share/man/make.1", "usr/share/doc/make/gone")
    inventory = inventory_of(
        [
            *status(stanza("make", "4.3")),
            *files({f"{INFO}/make.list": text, f"{INFO}/make.md5sums": "12345"}),
            file("usr/bin/make", 1000),
            symlink("usr/share/man/make.1", "gmake.1"),
            file("usr/bin/other", 77),
        ]
    )
    make = named(inventory)["make"]
    assert make.size_bytes == 1000 + len(text) + 5
    assert set(make.package.paths) == {
        "usr/bin/make",
        "usr/share/man/make.1",
        f"{INFO}/make.list",
        f"{INFO}/make.md5sums",
    }
    assert make.layer == 0
    assert owned_paths(inventory) == set(make.package.paths)


def test_paths_run_through_the_links_of_a_merged_usr_and_deeper_ones() -> None:
    inventory = inventory_of(
        [
            *status(stanza("libc6")),
            *deb("libc6", "lib/libc.so.6", "usr/doc/libc6/copyright", "lib64/ld.so", "var/run/libc6/on"),
            symlink("lib", "usr/lib"),
            symlink("lib64", "/usr/lib64"),
            directory("usr"),
            symlink("usr/doc", "../usr/share/doc"),
            symlink("var/run", "/run"),
            file("run/libc6/on"),
            file("usr/lib/libc.so.6", 100),
            file("usr/share/doc/libc6/copyright", 10),
            file("usr/lib64/ld.so", 1),
        ]
    )
    libc = named(inventory)["libc6"].package
    moved = {"usr/lib/libc.so.6", "usr/share/doc/libc6/copyright", "usr/lib64/ld.so", "run/libc6/on"}
    assert moved < set(libc.paths)
    assert "lib" not in libc.paths


def test_links_in_a_circle_end() -> None:
    inventory = inventory_of(
        [*status(stanza("a")), *deb("a", "x/file"), symlink("x", "y"), symlink("y", "x"), file("usr/bin/a")]
    )
    assert named(inventory)["a"].package.paths == (f"{INFO}/a.list",)


def test_a_diverted_file_belongs_to_the_package_it_came_from() -> None:
    inventory = inventory_of(
        [
            *status(stanza("coreutils") + stanza("uutils")),
            *deb("coreutils", "usr/bin/ls"),
            *deb("uutils", "usr/bin/ls"),
            *files({"var/lib/dpkg/diversions": "/usr/bin/ls\n/usr/bin/ls.gnu\nuutils\n"}),
            file("usr/bin/ls", 5_000),
            file("usr/bin/ls.gnu", 100),
        ]
    )
    assert "usr/bin/ls.gnu" in named(inventory)["coreutils"].package.paths
    assert "usr/bin/ls" in named(inventory)["uutils"].package.paths


def test_what_python_made_of_a_file_weighs_with_its_package() -> None:
    lists = dpkg_list("usr/lib/python3/abc.py", "usr/lib/python3/old.py")
    inventory = inventory_of(
        [*status(stanza("python3")), *files({f"{INFO}/python3.list": lists}), file("usr/lib/python3/abc.py", 10)],
        [
            file("usr/lib/python3/__pycache__/abc.cpython-311.pyc", 200),
            file("usr/lib/python3/__pycache__/abc.cpython-311.opt-1.pyc", 30),
            file("usr/lib/python3/old.pyc", 4),
            file("usr/lib/python3/__pycache__/mine.cpython-311.pyc", 4_000),
        ],
    )
    python = named(inventory)["python3"]
    assert python.size_bytes == len(lists) + 10 + 200 + 30 + 4
    assert set(python.package.paths) == {f"{INFO}/python3.list", "usr/lib/python3/abc.py"}
    assert len(python.entries) == 5


def test_bytes_that_two_packages_list_have_one_owner() -> None:
    one, two = dpkg_list("usr/share/doc/x"), dpkg_list("usr/share/doc/x", "usr/lib/i386/x")
    inventory = inventory_of(
        [
            *status(stanza("x") + stanza("x").replace("amd64", "i386")),
            *files({f"{INFO}/x:amd64.list": one, f"{INFO}/x:i386.list": two}),
            file("usr/share/doc/x", 100),
            file("usr/lib/i386/x", 1_000),
        ]
    )
    by_architecture = {each.package.architecture: each for each in inventory.installed}
    assert by_architecture["amd64"].size_bytes == len(one) + 100
    assert by_architecture["i386"].size_bytes == len(two) + 1_000
    assert "usr/share/doc/x" in by_architecture["amd64"].package.paths
    assert "usr/share/doc/x" in by_architecture["i386"].package.paths


def test_hardlinks_weigh_once_even_where_the_first_path_is_gone() -> None:
    lists = dpkg_list("usr/bin/perl", "usr/bin/perl5", "usr/bin/perl5.36")
    filesystem, scans = image_of(
        [
            *status(stanza("perl")),
            *files({f"{INFO}/perl.list": lists}),
            file("usr/bin/perl5", 1_000),
            hardlink("usr/bin/perl", "usr/bin/perl5"),
            hardlink("usr/bin/perl5.36", "usr/bin/perl5"),
            file("opt/lone", 300),
            hardlink("usr/bin/not-owned", "opt/lone"),
        ],
        [whiteout("usr/bin/perl5")],
    )
    perl = named(take_inventory(filesystem, scans))["perl"]
    assert perl.size_bytes == len(lists) + 1_000
    assert sum(filesystem.entry(entry_id).size for entry_id in perl.entries) == perl.size_bytes
    assert set(perl.package.paths) == {f"{INFO}/perl.list", "usr/bin/perl", "usr/bin/perl5.36"}


def test_a_removed_package_frees_nothing_that_a_hardlink_outside_keeps() -> None:
    inventory = inventory_of(
        [*status(stanza("a")), *deb("a", "usr/bin/a"), file("usr/bin/a", 500), hardlink("opt/kept", "usr/bin/a")],
        [*status(""), whiteout("usr/bin/a")],
    )
    assert [(each.name, each.after, each.size_bytes) for each in inventory.changes][1:] == [("a", None, 0)]


def test_each_layer_adds_upgrades_and_removes_with_bytes() -> None:
    listed = {name: dpkg_list(f"usr/bin/{name}") for name in ("base", "gcc", "make")}
    own = {name: len(text) for name, text in listed.items()}
    inventory = inventory_of(
        [*status(stanza("base")), *files({f"{INFO}/base.list": listed["base"]}), file("usr/bin/base", 10)],
        [
            *status(stanza("base"), stanza("gcc", "12"), stanza("make")),
            *files({f"{INFO}/{name}.list": listed[name] for name in ("gcc", "make")}),
            file("usr/bin/gcc", 5_000),
            file("usr/bin/make", 300),
            file("usr/local/bin/mine", 9_999),
        ],
        [*status(stanza("base"), stanza("gcc", "13"), stanza("make")), file("usr/bin/gcc", 6_000)],
        [file("usr/bin/make", 300, mode=0o755)],
        [*status(stanza("base")), whiteout("usr/bin/gcc"), whiteout("usr/bin/make"), whiteout(f"{INFO}/gcc.list")],
    )
    assert changes(inventory) == [
        (0, "base", None, "1", 10 + own["base"]),
        (1, "gcc", None, "12", 5_000 + own["gcc"]),
        (1, "make", None, "1", 300 + own["make"]),
        (2, "gcc", "12", "13", 6_000),
        (4, "gcc", "13", None, 6_000 + own["gcc"]),
        (4, "make", "1", None, 300),
    ]
    assert [(each.package.name, each.layer) for each in inventory.installed] == [("base", 0)]


def test_the_layer_of_a_package_is_the_one_that_installed_its_present_version() -> None:
    inventory = inventory_of(
        status(stanza("a", "1"), stanza("b", "1")), status(stanza("a", "2"), stanza("b", "1")), [file("x")]
    )
    assert {each.package.name: each.layer for each in inventory.installed} == {"a": 1, "b": 0}


def test_a_module_from_a_deb_is_that_deb() -> None:
    folder = "usr/lib/python3/dist-packages"
    record = f"{folder}/six-1.16.0.dist-info/METADATA"
    mine = "usr/local/lib/python3.11/site-packages/requests-2.0.dist-info/METADATA"
    inventory = inventory_of(
        [
            *status(stanza("python3-six")),
            *deb("python3-six", record, f"{folder}/six.py"),
            *files({record: "Name: six\nVersion: 1.16.0\n", f"{folder}/six.py": "six"}),
        ],
        files({mine: "Name: requests\nVersion: 2.0\n"}),
    )
    assert {(each.package.kind, each.package.name) for each in inventory.installed} == {
        ("deb", "python3-six"),
        ("pypi", "requests"),
    }
    assert [(each.layer, each.name) for each in inventory.changes] == [(0, "python3-six"), (1, "requests")]


def test_what_another_distribution_vendors_is_a_part_of_it() -> None:
    site = "usr/lib/python3.12/site-packages"
    vendored = f"{site}/setuptools/_vendor/wheel-0.43.dist-info"
    inventory = inventory_of(
        files(
            {
                f"{vendored}/METADATA": "Name: wheel\nVersion: 0.43\n",
                f"{site}/setuptools-70.dist-info/METADATA": "Name: setuptools\nVersion: 70\n",
                f"{site}/setuptools-70.dist-info/RECORD": "setuptools/_vendor/wheel-0.43.dist-info/METADATA,,\n",
            }
        )
    )
    assert [each.package.name for each in inventory.installed] == ["setuptools"]


def test_all_in_a_node_packages_folder_is_its_own_but_the_packages_in_it() -> None:
    folder = "app/node_modules/a"
    inner = f"{folder}/node_modules/b"
    about = {f"{path}/package.json": f'{{"name":"{path[-1]}","version":"1"}}' for path in (folder, inner)}
    inventory = inventory_of([*files(about), file(f"{folder}/lib/deep/x.js", 100), file(f"{inner}/y.js", 2_000)])
    sizes = {each.package.name: each.size_bytes for each in inventory.installed}
    assert sizes == {"a": 26 + 100, "b": 26 + 2_000}
    assert set(named(inventory)["a"].package.paths) == {f"{folder}/package.json", f"{folder}/lib/deep/x.js"}


def test_owners_of_entries() -> None:
    filesystem, scans = image_of([*status(stanza("a")), *deb("a", "usr/bin/a"), file("usr/bin/a"), file("usr/bin/b")])
    owned = owners(take_inventory(filesystem, scans))
    by_path = {filesystem.entry(entry_id).path: package.name for entry_id, package in owned.items()}
    assert by_path == {"usr/bin/a": "a", f"{INFO}/a.list": "a"}


def test_a_database_that_cannot_be_read_is_told_and_hides_nothing_else() -> None:
    inventory = inventory_of(
        [*status(stanza("a")), *files({"var/lib/rpm/rpmdb.sqlite": "nonsense" * 100, "etc/os-release": "ID=mixed\n"})]
    )
    assert [each.package.name for each in inventory.installed] == ["a"]
    assert inventory.distribution == Distribution("mixed")
    assert inventory.unread == (Unread("rpm", 0, "SQLite says: file is not a database"),)


def test_an_image_without_packages() -> None:
    inventory = inventory_of([file("app")])
    assert (inventory.installed, inventory.changes, inventory.unread) == ((), (), ())


def test_os_release_names_the_distribution() -> None:
    text = '# a comment\nNAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nBROKEN="\n'
    assert inventory_of(files({"usr/lib/os-release": text})).distribution == Distribution("debian", "12")
    both = {"usr/lib/os-release": text, "etc/os-release": "ID='mine'\n"}
    assert inventory_of(files(both)).distribution == Distribution("mine")
