"""Why a package is there."""

from __future__ import annotations

from inspector.packages.model import Inventory
from inspector.packages.why import why

from .inventories import files, inventory_of, named, stanza


def image(*layers: dict[str, str], auto: str = "") -> Inventory:
    """Layers that each add packages, given by what they depend on; `auto` came automatically."""
    states = "".join(f"Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n\n" for name in auto.split())
    status, members = "", []
    for layer in layers:
        status += "".join(stanza(name, **({"Depends": needs} if needs else {})) for name, needs in layer.items())
        members.append(files({"var/lib/dpkg/status": status, "var/lib/apt/extended_states": states}))
    return inventory_of(*members)


def chain(inventory: Inventory, name: str) -> str:
    return " ← ".join(package.name for package in why(inventory, named(inventory)[name].package))


COMPILER = {"g++": "gcc, g++-12", "gcc": "gcc-12", "g++-12": "gcc-12", "gcc-12": "cpp-12", "cpp-12": "libisl"}


def test_the_shortest_chain_up_to_what_was_asked_for() -> None:
    inventory = image({**COMPILER, "libisl": ""}, auto="gcc g++-12 gcc-12 cpp-12 libisl")
    assert chain(inventory, "cpp-12") == "cpp-12 ← gcc-12 ← g++-12 ← g++"
    assert chain(inventory, "libisl") == "libisl ← cpp-12 ← gcc-12 ← g++-12 ← g++"


def test_what_was_asked_for_needs_no_reason() -> None:
    assert chain(image({"make": "", "dpkg-dev": "make"}), "make") == "make"


def test_who_came_in_the_same_layer_is_believed_first() -> None:
    inventory = image({"tool": "helper, lib", "helper": "lib", "lib": ""}, {"later": "lib"}, auto="lib helper")
    assert chain(inventory, "lib") == "lib ← tool"


def test_what_nobody_needs_has_no_reason() -> None:
    assert chain(image({"a": "", "left-over": ""}, auto="left-over"), "left-over") == ""


def test_a_chain_through_a_capability_and_an_alternative() -> None:
    inventory = inventory_of(
        files(
            {
                "lib/apk/db/installed": "P:app\nV:1\nD:so:libz.so.1 cmd:sh\n\nP:zlib\nV:1\np:so:libz.so.1=1\n",
                "etc/apk/world": "app\n",
            }
        )
    )
    assert chain(inventory, "zlib") == "zlib ← app"


def test_recommendations_explain_what_no_need_does() -> None:
    status = stanza("git", Recommends="less") + stanza("less")
    states = "Package: less\nArchitecture: amd64\nAuto-Installed: 1\n"
    inventory = inventory_of(files({"var/lib/dpkg/status": status, "var/lib/apt/extended_states": states}))
    assert chain(inventory, "less") == "less ← git"


def test_apk_installs_some_packages_because_others_are_there() -> None:
    database = "P:docs\nV:1\n\nP:bash\nV:1\n\nP:bash-doc\nV:1\ni:bash docs\n"
    inventory = inventory_of(files({"lib/apk/db/installed": database, "etc/apk/world": "bash\ndocs\n"}))
    assert chain(inventory, "bash-doc") == "bash-doc ← bash"


def test_needs_in_a_circle_end() -> None:
    assert chain(image({"a": "b", "b": "a"}, auto="a b"), "a") == ""


def test_python_names_in_any_spelling() -> None:
    site = "usr/lib/python3/site-packages"
    inventory = inventory_of(
        files(
            {
                f"{site}/app-1.dist-info/METADATA": "Name: app\nVersion: 1\nRequires-Dist: ruamel_yaml>=0.1\n",
                f"{site}/app-1.dist-info/REQUESTED": "",
                f"{site}/ruamel.yaml-1.dist-info/METADATA": "Name: ruamel.yaml\nVersion: 1\n",
            }
        )
    )
    assert chain(inventory, "ruamel.yaml") == "ruamel.yaml ← app"
