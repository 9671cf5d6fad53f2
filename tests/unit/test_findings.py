"""Findings: what is named, with exact bytes, and what is left alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.instructions import Instruction
from inspector.attribution.owners import layer_owners
from inspector.demo.archive import Member, directory, hardlink, opaque, whiteout
from inspector.filesystem.stack import stack_layers
from inspector.findings.duplicates import SMALLEST
from inspector.findings.find import Figures, figures, find, reclaimable_bytes
from inspector.findings.finding import AdviceClass, Finding, Subject, bytes_by_layer
from inspector.findings.registry import Severity, rules
from inspector.findings.remedy import RemedyKind
from inspector.findings.words import fix_text
from inspector.packages.evidence import gather
from tests.builders import file, scan_of


def subject_of(
    *layers: Sequence[Member], instructions: Sequence[str] = (), owned: frozenset[str] = frozenset()
) -> Subject:
    scans = tuple(scan_of(layer) for layer in layers)
    steps = tuple(
        Instruction(index, text.partition(" ")[0], text, None, index, empty=False)
        for index, text in enumerate(instructions)
    )
    evidence = gather(stack_layers([scan.entries for scan in scans]), scans)
    return Subject(evidence, steps, layer_owners(len(scans), steps, None), owned)


def found(subject: Subject, ignore: Sequence[str] = ()) -> dict[str, int]:
    """Rule → bytes, summed over its findings."""
    sums: dict[str, int] = {}
    for finding in find(subject, ignore):
        sums[finding.rule] = sums.get(finding.rule, 0) + finding.size_bytes
    return sums


def only(subject: Subject, rule: str) -> Finding:
    (finding,) = (finding for finding in find(subject) if finding.rule == rule)
    return finding


PLANTED = [
    ("LI3001", "var/lib/apt/lists/mirror_dists_bookworm_main_binary-amd64_Packages.lz4", "var/lib/apt/lists/lock"),
    ("LI3002", "var/cache/apt/archives/g++_4%3a12.2.0-3_amd64.deb", "var/cache/apt/archives/lock"),
    ("LI3002", "var/cache/apt/pkgcache.bin", "var/cache/debconf/config.dat"),
    ("LI3003", "var/cache/apk/APKINDEX.066df28d.tar.gz", "etc/apk/repositories"),
    ("LI3004", "var/cache/dnf/base-abc/repodata/primary.xml.gz", "etc/dnf/dnf.conf"),
    ("LI3004", "var/cache/libdnf5/fedora-1/solv/fedora.solv", "etc/yum.repos.d/fedora.repo"),
    ("LI3005", "var/cache/zypp/packages/repo-oss/x.rpm", "etc/zypp/zypp.conf"),
    ("LI3006", "var/cache/pacman/pkg/gcc-14.pkg.tar.zst", "var/lib/pacman/local/gcc-14/desc"),
    ("LI4001", "root/.cache/pip/http-v2/a/b", "usr/lib/python3/dist-packages/pip/_internal/cache.py"),
    ("LI4002", "root/.cache/uv/wheels-v3/x.whl", "root/.config/uv/uv.toml"),
    ("LI4003", "home/app/.cache/pypoetry/artifacts/x.whl", "app/poetry.lock"),
    ("LI4004", "root/.npm/_cacache/content-v2/sha512/aa/bb/cc", "app/node_modules/.package-lock.json"),
    ("LI4005", "usr/local/share/.cache/yarn/v6/npm-x/index.js", "app/yarn.lock"),
    ("LI4006", "root/.local/share/pnpm/store/v3/files/00/a", "app/node_modules/.pnpm/x/index.js"),
    ("LI4007", "root/.cache/ms-playwright/chromium-1/chrome", "app/node_modules/playwright/index.js"),
    ("LI4008", "go/pkg/mod/github.com/x/y@v1.0.0/y.go", "go/bin/tool"),
    ("LI4009", "usr/local/cargo/registry/cache/x.crate", "usr/local/cargo/bin/rg"),
    ("LI4010", "root/.m2/repository/org/x/x.jar", "app/app.jar"),
    ("LI4011", "usr/local/bundle/ruby/3.2.0/cache/rack-3.0.gem", "usr/local/bundle/ruby/3.2.0/gems/rack-3.0/rack.rb"),
    ("LI4012", "root/.composer/cache/files/x.zip", "app/vendor/autoload.php"),
    ("LI4013", "opt/conda/pkgs/numpy-1.26.tar.bz2", "opt/conda/lib/python3.11/os.py"),
    ("LI4014", "root/.nuget/packages/x/1.0/x.dll", "app/x.dll"),
    ("LI4015", "root/.ccache/0/a.o.cache", "usr/bin/ccache"),
    ("LI4016", "root/.cpanm/work/1/x.tar.gz", "usr/local/share/perl/5.36.0/X.pm"),
    ("LI4017", "root/.cache/huggingface/hub/models--x/blob", "app/model.onnx"),
    ("LI4018", "root/.cache/fontconfig/x.cache-7", "var/cache/fontconfig/x.cache-7"),
    ("LI5001", "usr/share/man/man1/ls.1.gz", "usr/share/manifest/x"),
    ("LI5002", "usr/share/doc/gcc/changelog.gz", "usr/share/doc/gcc/copyright"),
    ("LI5003", "usr/share/locale/de/LC_MESSAGES/bash.mo", "usr/share/locale/locale.alias"),
    ("LI6001", "usr/local/lib/libx.a", "usr/local/lib/libx.so.1"),
    ("LI6002", "usr/local/include/x.h", "app/include/x.h"),
    ("LI6003", "usr/local/lib/pkgconfig/x.pc", "app/x.pc"),
    ("LI6004", "usr/src/redis/src/server.c", "usr/src/app/server.js"),
    ("LI7001", "app/.git/objects/pack/pack-1.pack", "app/.github/workflows/x.yml"),
    ("LI7003", "app/.DS_Store", "app/DS_Store"),
    ("LI7004", "var/log/apt/history.log", "app/log.js"),
    ("LI7005", "tmp/build-1/x.o.tmp", "app/tmp.js"),
    ("LI7007", "var/lib/dpkg/status-old", "var/lib/dpkg/arch"),
    ("LI7008", "usr/lib/python3/dist-packages/numpy/core/tests/test_x.py", "app/tests/test_x.py"),
    ("LI7009", "usr/lib/python3/dist-packages/x/__pycache__/x.cpython-311.pyc", "app/x.py"),
]


@pytest.mark.parametrize(("rule", "planted", "clean"), PLANTED, ids=[f"{r} {p}" for r, p, _ in PLANTED])
def test_planted_file_is_found_with_its_bytes_and_a_clean_one_is_not(rule: str, planted: str, clean: str) -> None:
    assert found(subject_of([file(planted, 1234), file(clean, 999, "y")])) == {rule: 1234}


@pytest.mark.parametrize(("rule", "planted"), [(r, p) for r, p, _ in PLANTED], ids=[f"{r} {p}" for r, p, _ in PLANTED])
def test_a_planted_file_is_told_with_what_its_remedy_saves(rule: str, planted: str) -> None:
    finding = only(subject_of([file(planted, 1234)], instructions=["RUN write it"]), rule)
    assert (finding.size_bytes, finding.remedy.saves_bytes) == (1234, 1234)


@pytest.mark.parametrize(
    ("path", "rule", "command"),
    [
        ("home/app/.cache/pypoetry/artifacts/x.whl", "LI4003", "rm -rf /home/app/.cache/pypoetry"),
        ("home/app/.cache/fontconfig/x.cache-7", "LI4018", "rm -rf /home/app/.cache"),
        (
            "opt/v/lib/python3.11/site-packages/numpy/tests/a.py",
            "LI7008",
            "find /opt/v/lib/python3.11/site-packages -depth -type d -name tests -exec rm -rf '{}' +",
        ),
        (
            "usr/lib/python3/dist-packages/numpy/core/tests/a.py",
            "LI7008",
            "find /usr/lib/python3 -depth -type d -name tests -exec rm -rf '{}' +",
        ),
    ],
)
def test_a_command_names_the_folders_of_this_image(path: str, rule: str, command: str) -> None:
    remedy = only(subject_of([file(path, 1234)], instructions=["RUN install"]), rule).remedy
    assert (remedy.kind, remedy.command, remedy.saves_bytes) == (RemedyKind.END_RUN_WITH, command, 1234)


def test_each_run_is_told_of_its_own_folders() -> None:
    subject = subject_of(
        [file("usr/lib/python3/dist-packages/a/tests/x.py", 100)],
        [file("opt/v/lib/python3.11/site-packages/b/tests/y.py", 30)],
        instructions=["RUN apt-get install python3", "RUN python3 -m venv /opt/v"],
    )
    told = [(each.layers, each.remedy.command.split()[1]) for each in find(subject) if each.rule == "LI7008"]
    assert told == [((0,), "/usr/lib/python3"), ((1,), "/opt/v/lib/python3.11/site-packages")]


def test_what_was_copied_is_told_to_be_copied_no_more_and_no_run_is_to_end_with_a_command() -> None:
    subject = subject_of(
        [file("var/log/a.log", 5000)],
        [file("var/log/b.log", 300)],
        [file("usr/local/lib/x.a", 200)],
        instructions=["COPY logs /var/log/", "RUN make", "ADD lib.tar.gz /usr/local/lib/"],
    )
    findings = {(each.rule, each.layers): each for each in find(subject)}
    assert {key: (each.remedy.kind, fix_text(each, subject)) for key, each in findings.items()} == {
        ("LI7004", (0,)): (
            RemedyKind.COPY_LESS,
            "in `COPY logs /var/log/`: keep it out by .dockerignore, or build in another stage and copy only the "
            "result",
        ),
        ("LI7004", (1,)): (
            RemedyKind.END_RUN_WITH,
            "end `RUN make` with: && find /var/log -type f -exec rm -f '{}' +",
        ),
        ("LI6001", (2,)): (
            RemedyKind.COPY_LESS,
            "in `ADD lib.tar.gz /usr/local/lib/`: keep it out by .dockerignore, or build in another stage and copy "
            "only the result",
        ),
    }


def test_what_was_copied_from_another_stage_is_not_for_dockerignore() -> None:
    subject = subject_of([file("usr/local/lib/x.a", 200)], instructions=["COPY /usr/local /usr/local"])
    (stage,) = parse_dockerfile("FROM a\nCOPY --from=build /usr/local /usr/local\n", "Dockerfile").stages
    step = replace(subject.instructions[0], written=stage.instructions[0])
    subject = replace(subject, instructions=(step,))
    assert fix_text(only(subject, "LI6001"), subject) == (
        "in `COPY /usr/local /usr/local`: copy only what the program needs of it"
    )


def test_why_runs_cannot_be_one_is_told_in_the_fix() -> None:
    subject = subject_of(
        [file("opt/tool", 3000)],
        [],
        [whiteout("opt/tool")],
        instructions=["RUN install tool", "USER app", "RUN rm /opt/tool"],
    )
    finding = only(subject, "LI1001")
    assert finding.remedy.kind is RemedyKind.ANOTHER_STAGE
    assert fix_text(finding, subject).endswith(
        "frees nothing: build in another stage and copy only the result; these RUNs cannot be one, since they run as "
        "different users"
    )


def test_old_copies_of_databases_are_named_by_the_command_that_removes_them() -> None:
    old = ["var/cache/debconf/config.dat-old", "var/cache/debconf/templates.dat-old", "var/lib/dpkg/status-old"]
    finding = only(subject_of([file(path, 100) for path in old], instructions=["RUN apt-get install x"]), "LI7007")
    assert finding.title == "backups of package databases and accounts"
    assert (finding.size_bytes, finding.remedy.command) == (
        300,
        "rm -rf /var/lib/dpkg/*-old /var/cache/debconf/*-old /var/backups/* /etc/*-",
    )


def test_translations_are_told_apart_by_who_brought_them() -> None:
    paths = ["usr/share/locale/de/LC_MESSAGES/a.mo", "usr/share/locale/de/LC_MESSAGES/b.mo"]
    subject = subject_of([file(paths[0], 700)], [file(paths[1], 80)])
    base = Instruction(0, "ADD", "ADD rootfs.tar /", None, 0, empty=False, from_base=True)
    yours = Instruction(1, "RUN", "RUN install b", None, 1, empty=False, from_base=False)
    subject = replace(subject, instructions=(base, yours), owners=layer_owners(2, (base, yours), None))
    assert [(each.rule, each.size_bytes, each.remedy.kind) for each in find(subject)] == [
        ("LI5003", 700, RemedyKind.ANOTHER_BASE),
        ("LI5003", 80, RemedyKind.INSTALL_OPTION),
    ]


def test_a_finding_over_several_layers_counts_in_each_by_its_bytes_there() -> None:
    subject = subject_of([file("var/log/a", 30)], [file("var/log/b", 500)], [file("var/log/c", 7), file("x", 9)])
    assert bytes_by_layer(subject.filesystem, only(subject, "LI7004").frees) == {1: 500, 0: 30, 2: 7}


def test_what_a_rule_finds_of_the_base_image_is_a_finding_of_its_own() -> None:
    subject = subject_of([file("usr/share/man/man1/a.1", 700)], [file("usr/share/man/man1/b.1", 80)])
    base = Instruction(0, "ADD", "ADD rootfs.tar /", None, 0, empty=False, from_base=True)
    yours = Instruction(1, "RUN", "RUN install b", None, 1, empty=False, from_base=False)
    subject = replace(subject, instructions=(base, yours), owners=layer_owners(2, (base, yours), None))
    findings = find(subject)
    assert [(each.rule, each.size_bytes, each.layers, each.advice_class) for each in findings] == [
        ("LI5001", 700, (0,), AdviceClass.BASE),
        ("LI5001", 80, (1,), AdviceClass.TRADE),
    ]
    assert figures(findings) == Figures(safe_bytes=0, trade_bytes=80, base_bytes=700)


def test_every_rule_of_the_table_has_a_planted_file() -> None:
    elsewhere = {"LI7002", "LI7006"}  # core dumps and lastlog have tests of their own
    assert {rule.id for rule in rules().values() if rule.paths} - elsewhere == {rule for rule, _, _ in PLANTED}


def test_core_dump_is_told_by_its_content_and_not_by_its_name() -> None:
    core = b"\x7fELF\x02\x01\x01" + bytes(9) + (4).to_bytes(2, "little") + bytes(46)
    subject = subject_of([Member("app/core", core), file("lib/core", 500), Member("usr/share/x/core", core)])
    assert found(replace(subject, owned=frozenset({"usr/share/x/core"}))) == {"LI7002": len(core)}


def test_login_records_are_waste_only_when_they_are_large() -> None:
    assert found(subject_of([file("var/log/lastlog", 2_000_000)])) == {"LI7006": 2_000_000}
    assert found(subject_of([file("var/log/lastlog", 292)])) == {}


def test_files_that_a_package_owns_are_not_called_leftovers() -> None:
    paths = ["usr/lib/x/libx.a", "usr/include/x.h", "usr/lib/pkgconfig/x.pc"]
    assert set(found(subject_of([file(path, 10) for path in paths]))) == {"LI6001", "LI6002", "LI6003"}
    assert found(subject_of([file(path, 10) for path in paths], owned=frozenset(paths))) == {}


def test_removal_in_a_later_layer_is_told_as_cause_and_hider() -> None:
    subject = subject_of(
        [file("opt/tool", 3000), file("opt/keep", 10)],
        [whiteout("opt/tool")],
        instructions=["RUN install tool", "RUN rm /opt/tool"],
    )
    finding = only(subject, "LI1001")
    assert (finding.remedy.kind, finding.remedy.instructions) == (RemedyKind.JOIN_RUNS, (0, 1))
    assert (finding.remedy.saves_bytes, finding.advice_class) == (3000, AdviceClass.SAFE)
    assert (finding.size_bytes, finding.layers, finding.hidden_in) == (3000, (0,), (1,))
    assert fix_text(finding, subject) == (
        "`RUN rm /opt/tool` hides 3.0 kB of `RUN install tool`, and frees nothing: make one RUN, in place of the last, "
        "of `RUN install tool` and `RUN rm /opt/tool`"
    )


def test_joined_runs_are_told_with_what_else_they_hide_of_each_other() -> None:
    subject = subject_of(
        [file("opt/tool", 3000)],
        [file("opt/log", 700)],
        [whiteout("opt/tool"), whiteout("opt/log")],
        instructions=["RUN install tool", "RUN tool > /opt/log", "RUN rm /opt/tool /opt/log"],
    )
    finding = only(subject, "LI1001")
    assert (finding.size_bytes, finding.remedy.instructions) == (3700, (0, 1, 2))
    fix = fix_text(finding, subject)
    assert fix.startswith(
        "`RUN rm /opt/tool /opt/log` hides 3.0 kB of `RUN install tool`, and frees nothing: make one RUN"
    )
    assert fix.endswith(". What else these RUNs hide of each other goes with it: 700 B")


def test_what_came_with_the_base_is_not_asked_of_the_dockerfile() -> None:
    subject = subject_of([file("usr/share/man/man1/a.1", 700), file("x", 80)], [whiteout("x")])
    base = Instruction(0, "ADD", "ADD rootfs.tar /", None, 0, empty=False, from_base=True)
    yours = Instruction(1, "RUN", "RUN rm x", None, 1, empty=False, from_base=False)
    subject = replace(subject, instructions=(base, yours), owners=layer_owners(2, (base, yours), None))
    manuals, removed = only(subject, "LI5001"), only(subject, "LI1001")
    assert fix_text(manuals, subject).startswith(
        "it came with the base image, and removing it here frees nothing; where that is built: leave them out"
    )
    assert fix_text(removed, subject).endswith("they came with the base image, so only another base is without them")
    for finding in (manuals, removed):
        assert (finding.remedy.kind, finding.advice_class) == (RemedyKind.ANOTHER_BASE, AdviceClass.BASE)


def test_each_pair_of_layers_is_a_finding_of_its_own() -> None:
    subject = subject_of([file("a/1", 100)], [file("a/2", 200)], [file("b", 50)], [opaque("a")], [whiteout("b")])
    pairs = {(f.layers, f.hidden_in): f.size_bytes for f in find(subject)}
    assert pairs == {((0,), (3,)): 100, ((1,), (3,)): 200, ((2,), (4,)): 50}


def test_removal_is_named_after_what_nearly_all_of_it_is() -> None:
    lists = [file(f"var/lib/apt/lists/{n}", 1000) for n in range(9)]
    subject = subject_of([*lists, file("opt/x", 900)], [opaque("var/lib/apt/lists"), whiteout("opt/x")])
    assert only(subject, "LI1001").title == "removed too late: apt package lists"
    subject = subject_of([*lists, file("opt/x", 1100)], [opaque("var/lib/apt/lists"), whiteout("opt/x")])
    assert only(subject, "LI1001").title == "removed too late"
    logs = file("var/log/x", 4000)
    subject = subject_of([*lists, logs], [opaque("var/lib/apt/lists"), whiteout("var/log/x")])
    assert only(subject, "LI1001").title == "removed too late: apt package lists, log files"


def test_new_mode_on_a_copied_file_says_to_set_it_when_copying() -> None:
    subject = subject_of(
        [file("app", 700, mode=0o644)],
        [file("app", 700, mode=0o755)],
        instructions=["COPY app /", "RUN chmod 755 /app"],
    )
    finding = only(subject, "LI1003")
    assert finding.size_bytes == 700
    assert (finding.remedy.kind, finding.remedy.instructions) == (RemedyKind.COPY_MODE, (0, 1))
    assert fix_text(finding, subject).endswith("the image keeps both: write COPY --chown=… or COPY --chmod=…")


def changed(members: Sequence[Member], **to: int) -> list[Member]:
    """The members as `chown` or `chmod` leaves them."""
    return [replace(member, **to) for member in members]


TREE = [directory("app"), file("app/a", 700), directory("app/sub"), file("app/sub/b", 50)]


def test_an_owner_set_after_a_copy_is_an_option_of_it_and_the_run_goes() -> None:
    subject = subject_of(TREE, changed(TREE, uid=7, gid=8), instructions=["COPY app /app/", "RUN chown -R 7:8 /app"])
    finding = only(subject, "LI1003")
    remedy = finding.remedy
    assert (remedy.kind, remedy.instructions, remedy.option, remedy.command, remedy.saves_bytes) == (
        RemedyKind.COPY_MODE,
        (0, 1),
        "--chown=7:8",
        "",
        750,
    )
    assert fix_text(finding, subject).endswith("the image keeps both: write COPY --chown=7:8, and drop the RUN")


def test_a_folder_that_was_there_is_changed_by_a_run_on_it_alone() -> None:
    subject = subject_of(
        TREE[:1],
        TREE,
        changed(TREE, uid=7),
        instructions=["WORKDIR /app", "COPY . .", "RUN chown -R app /app"],
    )
    remedy = only(subject, "LI1003").remedy
    assert (remedy.option, remedy.command) == ("--chown=7:0", "chown app /app")


def test_several_copies_are_one_finding() -> None:
    lock, rest = [TREE[0], file("app/lock", 10)], TREE[1:]
    subject = subject_of(
        lock,
        rest,
        changed([*lock, *rest], uid=7, gid=7),
        instructions=["COPY lock /app/", "COPY . /app/", "RUN chown -R app:app /app"],
    )
    finding = only(subject, "LI1003")
    assert (finding.remedy.instructions, finding.remedy.option) == ((0, 1, 2), "--chown=app:app")
    assert finding.size_bytes == 760
    assert fix_text(finding, subject).endswith("drop the RUN. What else is brought again goes with it: 10 B")


def test_modes_are_set_by_copy_where_buildkit_builds() -> None:
    subject = subject_of(TREE, changed(TREE, mode=0o755), instructions=["COPY app /app/", "RUN chmod -R 755 /app"])
    assert only(subject, "LI1003").remedy.option == ""
    steps = tuple(replace(step, buildkit=True) for step in subject.instructions)
    assert only(replace(subject, instructions=steps), "LI1003").remedy.option == "--chmod=755"


def with_buildkit(subject: Subject) -> Subject:
    return replace(subject, instructions=tuple(replace(step, buildkit=True) for step in subject.instructions))


@pytest.mark.parametrize(
    ("runs", "saves_bytes"),
    [
        (["RUN chmod -R 755 /app", "RUN chown -R 7:8 /app"], 1500),
        (["RUN chmod -R u=rwX,go=rX /app && chmod -R 755 /app", "RUN chown -R 7:8 /app"], 1500),
        (["RUN chmod -R 755 /app && chown -R 7:8 /app"], 750),
        (["RUN chown -R 7:8 /app", "RUN chmod -R 755 /app"], 1500),
    ],
)
def test_mode_and_owner_are_options_of_one_copy_and_all_runs_go(runs: list[str], saves_bytes: int) -> None:
    first = {"uid": 7, "gid": 8} if runs[0].startswith("RUN chown") else {"mode": 0o755}
    last = changed(TREE, mode=0o755, uid=7, gid=8)
    layers = [TREE, *([changed(TREE, **first)] if len(runs) > 1 else []), last]
    subject = subject_of(*layers, instructions=["COPY app /app/", *runs])
    finding = only(with_buildkit(subject), "LI1003")
    remedy = finding.remedy
    assert (remedy.option, remedy.command, remedy.saves_bytes) == ("--chown=7:8 --chmod=755", "", saves_bytes)
    assert remedy.instructions == (*range(len(runs) + 1),)
    said = fix_text(finding, subject)
    assert f"write COPY --chown=7:8 --chmod=755, and drop the RUN{'s' if len(runs) > 1 else ''}" in said
    assert not any(each.remedy.option for each in find(subject) if len(runs) == 1)


def test_what_is_copied_between_is_not_given_what_was_set_before() -> None:
    lock, rest = [TREE[0], file("app/lock", 10, mode=0o755)], TREE[1:]
    subject = subject_of(
        rest,
        changed(rest, mode=0o755),
        lock,
        changed([*lock, *changed(rest, mode=0o755)], uid=7),
        instructions=["COPY app /app/", "RUN chmod -R 755 /app", "COPY lock /app/", "RUN chown -R 7:0 /app"],
    )
    options = {each.remedy.option for each in find(with_buildkit(subject)) if each.rule == "LI1003"}
    assert options <= {"", "--chmod=755"}


def test_folders_that_were_there_get_mode_and_owner_by_commands_on_them_alone() -> None:
    subject = subject_of(
        TREE[:1],
        TREE[1:2],
        changed(TREE[:2], mode=0o700, uid=7),
        instructions=["WORKDIR /app", "COPY a .", "RUN chown -R 7:0 /app && chmod -R 700 /app"],
    )
    remedy = only(with_buildkit(subject), "LI1003").remedy
    assert (remedy.option, remedy.command) == ("--chown=7:0 --chmod=700", "chown 7:0 /app && chmod 700 /app")


@pytest.mark.parametrize(
    ("between", "run", "left"),
    [
        ((), "RUN useradd x && chown -R 7:7 /app", changed(TREE, uid=7, gid=7)),
        ((), "RUN chown -R 7:7 /app", changed([*TREE, file("app/made", 9)], uid=7, gid=7)),
        ((), "RUN chown 7:7 /app/a", changed(TREE[1:2], uid=7, gid=7)),
        ((), "RUN chown -R 7:7 /app", [*changed(TREE[:2], uid=7, gid=7), *changed(TREE[2:], uid=8, gid=8)]),
        (("RUN cp -a /app/a /b", [file("b", 700)]), "RUN chown -R 7:7 /app", changed(TREE, uid=7, gid=7)),
        (("USER app", []), "RUN chown -R 7:7 /app", changed(TREE, uid=7, gid=7)),
    ],
    ids=["more commands", "more files", "fewer files", "several owners", "an owner that was copied on", "USER"],
)
def test_an_owner_that_copy_cannot_set_for_certain_is_left_to_words(
    between: tuple[str, list[Member]] | tuple[()], run: str, left: list[Member]
) -> None:
    layers = [TREE, *([between[1]] if between else []), left]
    subject = subject_of(*layers, instructions=["COPY app /app/", *between[:1], run])
    options = {each.remedy.option for each in find(subject) if each.rule == "LI1003"}
    assert options == {""}


def test_an_option_is_for_all_runs_that_brought_the_files_and_those_that_need_them() -> None:
    subject = subject_of(
        [file("var/cache/apk/APKINDEX.1.tar.gz", 500), file("usr/a")],
        [file("usr/b", 5)],
        [file("usr/c", 5, "y")],
        [file("usr/d", 5, "z")],
        instructions=[
            "RUN apk update && apk add a",
            "RUN apk add b",
            "RUN apk add --no-cache c && apk del --no-network b",
            "RUN apk del c",
        ],
    )
    remedy = only(subject, "LI3003").remedy
    assert (remedy.kind, remedy.instructions, remedy.option) == (RemedyKind.INSTALL_OPTION, (0, 1, 3), "--no-cache")
    assert remedy.saves_bytes == 500


def test_an_option_for_commands_that_are_not_seen_is_left_to_words() -> None:
    subject = subject_of([file("root/.cache/pip/a", 500)], instructions=["RUN poetry install"])
    remedy = only(subject, "LI4001").remedy
    assert (remedy.option, remedy.saves_bytes) == ("", 500)
    assert "--no-cache-dir" in remedy.advice


def test_rewritten_package_database_is_told_apart_as_unavoidable() -> None:
    subject = subject_of(
        [file("var/lib/dpkg/status", 800), file("etc/motd", 50)],
        [file("var/lib/dpkg/status", 900, "y"), file("etc/motd", 60, "y")],
    )
    rewritten = only(subject, "LI1004")
    assert (rewritten.severity, rewritten.advice_class) == (Severity.INFO, AdviceClass.TRADE)
    assert (rewritten.remedy.kind, rewritten.remedy.saves_bytes) == (RemedyKind.NOTHING, 0)
    assert only(subject, "LI1004").size_bytes == 800
    assert only(subject, "LI1002").size_bytes == 50
    assert reclaimable_bytes(find(subject)) == 50


@pytest.mark.parametrize("name", ["config", "templates", "passwords"])
def test_debconfs_rewriting_is_as_unavoidable_as_dpkgs(name: str) -> None:
    paths = [f"var/cache/debconf/{name}.dat", f"var/cache/debconf/{name}.dat-old"]
    subject = subject_of([file(path, 800) for path in paths], [file(path, 900, "y") for path in paths])
    assert [(each.rule, each.size_bytes) for each in find(subject) if each.hidden_in] == [("LI1004", 1600)]


def test_equal_files_are_duplicates_and_hardlinks_are_not() -> None:
    size = SMALLEST
    subject = subject_of(
        [file("a", size), file("b", size), hardlink("c", "a"), file("d", size, "y")], [file("e", size)]
    )
    finding = only(subject, "LI8001")
    assert finding.size_bytes == 2 * size
    assert finding.title == "the same content at 3 paths"


def test_small_and_packaged_duplicates_are_nobodys_mistake() -> None:
    assert found(subject_of([file("a", SMALLEST - 1), file("b", SMALLEST - 1)])) == {}
    assert found(subject_of([file("a", SMALLEST), file("b", SMALLEST)], owned=frozenset({"a", "b"}))) == {}


def test_trade_offs_are_told_and_not_counted() -> None:
    subject = subject_of([file("usr/lib/python3/dist-packages/x/__pycache__/x.cpython-311.pyc", 500)])
    assert found(subject) == {"LI7009": 500}
    assert reclaimable_bytes(find(subject)) == 0


def test_byte_that_two_findings_free_counts_once() -> None:
    files = [file("root/.cache/pip/a", 5000), file("opt/b", 5000), file("opt/c", 5000)]
    assert found(subject_of([files[1], files[0], files[2]])) == {"LI4001": 5000, "LI8001": 10_000}
    assert reclaimable_bytes(find(subject_of([files[1], files[0], files[2]]))) == 10_000


def test_files_that_a_finding_names_make_no_second_one_of_themselves() -> None:
    cached = [file("root/.cache/pip/a", 5000), file("root/.cache/pip/b", 5000)]
    assert found(subject_of(cached)) == {"LI4001": 10_000}
    assert found(subject_of([*cached, file("opt/c", 5000)])) == {"LI4001": 10_000, "LI8001": 10_000}


def test_ignored_paths_are_spoken_of_no_more() -> None:
    subject = subject_of([file("root/.cache/pip/a", 5000), file("root/.npm/_cacache/b", 300, "y")])
    assert found(subject, ["/root/.cache/**"]) == {"LI4004": 300}
    assert found(subject, ["**/.cache/**", "root/.npm/**"]) == {}


NAMES = st.sampled_from(["a", "var/log/x", "root/.cache/pip/w", "usr/share/man/m", "tmp/t", "opt/b"])
LAYERS = st.lists(
    st.lists(
        st.one_of(
            st.builds(file, NAMES, st.integers(0, 9000), st.sampled_from("xy")),
            st.builds(whiteout, NAMES),
        ),
        max_size=6,
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=200, deadline=None)
@given(LAYERS, st.lists(st.sampled_from(["a", "var/**", "**/.cache/**", "opt/*", "usr/share/man/**"]), max_size=3))
def test_ignoring_never_raises_a_figure_and_the_union_never_exceeds_the_image(
    layers: list[list[Member]], ignore: list[str]
) -> None:
    subject = subject_of(*layers)
    every, fewer = find(subject), find(subject, ignore)
    total = subject.filesystem.ledger.total_bytes
    assert 0 <= reclaimable_bytes(fewer) <= reclaimable_bytes(every) <= total
    hidden = sum(finding.size_bytes for finding in every if finding.rule.startswith("LI10"))
    assert hidden == subject.filesystem.ledger.hidden_bytes
    before = found(subject)
    assert all(size <= before[rule] for rule, size in found(subject, ignore).items())
