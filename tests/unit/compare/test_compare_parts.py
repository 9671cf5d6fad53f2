"""Packages, findings, settings, bases and the cost of two images."""

from __future__ import annotations

from msgspec.structs import replace

from inspector.attribution.base import Base
from inspector.compare.comparison import BaseChange, Comparison, compare
from inspector.compare.packages import compare_packages
from inspector.compare.side import Cause, Side, SidePackage, Status
from inspector.demo.archive import Step, whiteout
from tests.builders import file
from tests.unit.packages.inventories import dpkg_list, files, stanza

from .sides import compared, run, side


def dpkg(command: str, **versions: str) -> Step:
    """A RUN after which dpkg has these packages, each with one program of as many bytes as its version has letters."""
    contents: dict[str, str | bytes] = {"var/lib/dpkg/status": "".join(stanza(n, v) for n, v in versions.items())}
    for name, version in versions.items():
        contents[f"usr/bin/{name}"] = "x" * 100 * len(version)
        contents[f"var/lib/dpkg/info/{name}.list"] = dpkg_list(f"usr/bin/{name}")
    return run(command, *files(contents))


def packages_of(comparison: Comparison) -> dict[str, tuple[str, str | None, str | None, Cause | None]]:
    return {
        change.name: (
            change.status.value,
            change.a.version if change.a else None,
            change.b.version if change.b else None,
            change.cause,
        )
        for change in comparison.packages
    }


def test_packages_come_go_and_change_their_version():
    before = [dpkg("one", tool="1.9", gone="1", old="2.0", kept="1")]
    after = [dpkg("two", tool="1.10", new="1", old="1.5", kept="1")]
    assert packages_of(compared(before, after)) == {
        "tool": ("upgraded", "1.9", "1.10", Cause("b", 0)),
        "old": ("downgraded", "2.0", "1.5", Cause("b", 0)),
        "gone": ("removed", "1", None, Cause("a", 0)),
        "new": ("added", None, "1", Cause("b", 0)),
    }


def test_a_package_that_b_removes_is_the_work_of_the_layer_of_b_that_removes_it():
    before = dpkg("one", tool="1", other="1")
    removing = dpkg("apt-get purge tool", other="1")
    members = [whiteout("usr/bin/tool"), whiteout("var/lib/dpkg/info/tool.list")]
    removing = Step(removing.created_by, run("x", *files({"var/lib/dpkg/status": stanza("other")}), *members).layer)
    changes = packages_of(compared([before], [before, removing]))
    assert changes["tool"] == ("removed", "1", None, Cause("b", 1))


def test_of_many_versions_of_one_package_each_is_paired_with_its_like():
    def npm(version: str, location: str, size: int = 10) -> SidePackage:
        return SidePackage("npm", "ms", version, f"pkg:npm/ms@{version}", location, size, 0)

    a = (npm("2.0.0", "a/node_modules"), npm("2.1.3", "b/node_modules"), npm("2.0.0", "c/node_modules"))
    b = (npm("2.0.0", "c/node_modules"), npm("2.1.4", "b/node_modules", 12))
    one, other = replace(side([]), packages=a), replace(side([]), packages=b)
    assert [(c.status, c.a and c.a.location, c.delta_bytes) for c in compare_packages(one, other, ())] == [
        (Status.REMOVED, "a/node_modules", -10),
        (Status.UPGRADED, "b/node_modules", 2),
    ]


def test_findings_are_new_fixed_or_kept():
    base = run("base", file("etc/os-release", 20))
    before = [base, run("apt-get update", file("var/lib/apt/lists/x_Packages", 5_000)), run("npm ci", file("app", 9))]
    after = [
        base,
        run("apt-get update && true", file("var/lib/apt/lists/x_Packages", 7_000)),
        run("npm ci", file("app", 9), file("root/.npm/_cacache/x", 300)),
    ]
    findings = compared(before, after).findings
    assert [(each.a.rule, each.delta_bytes) for each in findings.kept] == [("LI3001", 2_000)]
    assert findings.fixed == ()
    assert [each.size_bytes for each in findings.new] == [300]
    assert [each.size_bytes for each in compared(after, before).findings.fixed] == [300]


def test_settings_one_by_one():
    one = side([], config={
        "Env": ["PATH=/bin", "OLD=1"], "Cmd": ["sh"], "User": "root", "ExposedPorts": {"80/tcp": {}},
        "Labels": {"version": "1"}, "Volumes": {"/data": {}}, "Hostname": "abc",
    })  # fmt: skip
    other = side([], config={
        "Env": ["PATH=/bin:/usr/bin"], "Cmd": ["sh", "-c"], "Entrypoint": ["tini"], "User": "root",
        "ExposedPorts": {"80/tcp": {}, "443/tcp": {}}, "Labels": {"version": "2"}, "Hostname": "def",
    })  # fmt: skip
    settings = compare(one, other).settings
    assert settings is not None
    assert [(each.name, each.status.value, each.a, each.b) for each in settings] == [
        ("command", "changed", '["sh"]', '["sh", "-c"]'),
        ("env PATH", "changed", "/bin", "/bin:/usr/bin"),
        ("env OLD", "removed", "1", None),
        ("label version", "changed", "1", "2"),
        ("volume /data", "removed", "", None),
        ("entry point", "added", None, '["tini"]'),
        ("port 443/tcp", "added", None, ""),
    ]


def test_settings_are_unknown_where_a_side_does_not_tell_them():
    assert compare(side([]), replace(side([]), run=None)).settings is None


def test_what_it_costs():
    shared, old, new = run("base", file("f", 1_000)), run("old", file("o", 30)), run("new", file("n", 200))
    one = side([shared, old], compressed=[400, 10])
    other = side([shared, new, new], compressed=[400, 90, 90])
    comparison = compare(one, other)
    assert (comparison.cost.pull_bytes, comparison.cost.new_bytes) == (90, 200)  # the second copy is the first
    assert (comparison.cost.shared_bytes, comparison.cost.storage_bytes) == (1_000, 1_230)
    assert comparison.delta.compressed_bytes == 170
    assert compare(other, one).cost.pull_bytes == 10


def test_what_is_to_be_pulled_is_unknown_when_a_new_layer_does_not_tell_its_compressed_size():
    shared, new = run("base", file("f", 1_000)), run("new", file("n", 200))
    comparison = compare(side([shared]), side([shared, new]))
    assert (comparison.cost.pull_bytes, comparison.cost.new_bytes, comparison.delta.compressed_bytes) == (
        None,
        200,
        None,
    )
    assert compare(side([shared]), side([shared])).cost.pull_bytes == 0


def based(name: str | None, content: str) -> Side:
    made = side([run("base", file("f", 9, content)), run("app", file("app"))])
    return replace(made, base=Base(name, None, "diff-ids", 1, 1))


def test_bases():
    debian = based("debian:12", "a")
    assert compare(debian, debian).base == BaseChange(Status.SAME, "debian:12", "debian:12")
    assert compare(debian, based("debian:13", "b")).base == BaseChange(Status.CHANGED, "debian:12", "debian:13")
    assert compare(debian, based("debian:12", "b")).base == BaseChange(Status.CHANGED, "debian:12", "debian:12")
    assert compare(debian, based("alpine:3", "b")).base == BaseChange(Status.REPLACED, "debian:12", "alpine:3")
    assert compare(debian, replace(debian, base=None)).base is None
