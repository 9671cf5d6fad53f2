"""The bytes of packages in their managers' own databases."""

from __future__ import annotations

from inspector.packages.removal.records import record_bytes

from .inventories import stanza
from .made import package


def test_stanzas_weigh_what_the_databases_lose() -> None:
    gcc, make = package("gcc"), package("make", architecture="all")
    status = [stanza("bash"), stanza("gcc", Depends="binutils"), stanza("make").replace("amd64", "all")]
    mark = "Package: gcc\nArchitecture: amd64\nAuto-Installed: 1\n\n"
    captured = {"var/lib/dpkg/status": "".join(status).encode(), "var/lib/apt/extended_states": mark.encode()}
    assert record_bytes(captured, [gcc, make]) == {
        gcc: {
            "var/lib/dpkg/status": len(status[1]),
            "var/lib/dpkg/status-old": len(status[1]),
            "var/lib/apt/extended_states": len(mark),
        },
        make: {"var/lib/dpkg/status": len(status[2]), "var/lib/dpkg/status-old": len(status[2])},
    }


def test_a_package_of_another_architecture_is_another() -> None:
    captured = {"var/lib/dpkg/status": stanza("gcc").encode()}
    assert record_bytes(captured, [package("gcc", architecture="i386")]) == {}


def test_alpines_stanzas_hold_the_list_of_files() -> None:
    make = package("make", kind="apk", architecture="x86_64")
    record = "P:make\nV:4\nA:x86_64\nF:usr/bin\nR:make\n\n"
    assert record_bytes({"lib/apk/db/installed": record.encode()}, [make]) == {
        make: {"lib/apk/db/installed": len(record)}
    }
