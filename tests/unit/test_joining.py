"""Which RUNs may be one is told by their layers and texts; what that frees is counted on the layers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.instructions import Instruction
from inspector.attribution.owners import layer_owners
from inspector.attribution.placement import Placement, place
from inspector.demo.archive import Member, directory, whiteout
from inspector.filesystem.stack import stack_layers
from inspector.findings.finding import Subject
from inspector.findings.joining import join, last_user, needs_lists, why_apart
from inspector.findings.promise import APT_CACHES, EMPTY_CACHE, freed, removed_by, shrunk_later
from inspector.packages.evidence import gather
from tests.builders import file, scan_of

Step = tuple[str, Sequence[Member]]

INSTALL: Step = ("RUN apt-get update && apt-get install -y gcc", [file("usr/bin/gcc", 1000)])
COMPILE: Step = ("RUN gcc -o /app /src/main.c", [file("app", 10)])


def image(*steps: Step) -> Subject:
    scans = tuple(scan_of(members) for _, members in steps)
    instructions = tuple(
        Instruction(index, text.partition(" ")[0], text, None, index, empty=False)
        for index, (text, _) in enumerate(steps)
    )
    evidence = gather(stack_layers([scan.entries for scan in scans]), scans)
    return Subject(evidence, instructions, layer_owners(len(scans), instructions, None), frozenset(("usr/bin/gcc",)))


def joined(*steps: Step) -> tuple[int, ...]:
    return join(image(*steps), 0, len(steps) - 1)


def test_runs_are_joined_over_files_that_are_copied_elsewhere() -> None:
    assert joined(INSTALL, ("COPY main.c /src/", [file("src/main.c")]), COMPILE) == (0, 2)


@pytest.mark.parametrize("between", ["ENV A=b", "ARG A", "LABEL a=b", "CMD x", "EXPOSE 80", "WORKDIR /src"])
def test_settings_between_do_not_keep_runs_apart(between: str) -> None:
    assert joined(INSTALL, (between, []), COMPILE) == (0, 2)


@pytest.mark.parametrize("between", ["USER app", 'SHELL ["bash", "-c"]', "VOLUME /src", "ONBUILD RUN x", "FROM x"])
def test_what_changes_how_a_run_runs_keeps_runs_apart(between: str) -> None:
    assert joined(INSTALL, (between, []), COMPILE) == ()


def test_a_user_between_keeps_only_runs_of_different_users_apart() -> None:
    between: list[Step] = [("USER app", []), ("COPY main.c /src/", [file("src/main.c")]), ("USER root", [])]
    assert joined(INSTALL, *between, COMPILE) == (0, 4)
    assert joined(INSTALL, ("USER app", []), ("RUN make", [file("b")]), ("USER root", []), COMPILE) == ()


@pytest.mark.parametrize(
    ("between", "why"),
    [
        ("USER app", "they run as different users"),
        ('SHELL ["bash", "-c"]', "SHELL stands between them"),
        ("ENV A=b", ""),
    ],
)
def test_why_runs_cannot_be_one_is_said(between: str, why: str) -> None:
    assert why_apart(image(INSTALL, (between, []), COMPILE), 0, 2) == why


STAGES = """FROM debian AS base
RUN apt-get update && apt-get install -y gcc
FROM base AS build
RUN gcc -o /app /src/main.c
FROM base
RUN gcc -o /app /src/main.c
"""


def staged(text: str, *steps: Step) -> Subject:
    """An image by the last stage of a Dockerfile, which these instructions made."""
    subject, dockerfile = image(*steps), parse_dockerfile(text, "Dockerfile")
    placement = place(dockerfile, subject.instructions)
    assert isinstance(placement, Placement), placement
    return replace(subject, placement=placement)


def test_runs_of_different_stages_stay_apart() -> None:
    subject = staged(STAGES, INSTALL, COMPILE)
    assert join(subject, 0, 1) == ()
    assert why_apart(subject, 0, 1) == "they are in different stages"


@pytest.mark.parametrize(
    ("text", "used"),
    [
        (STAGES, True),
        ("FROM debian AS base\nRUN apt-get update && apt-get install -y gcc\nFROM base\n", False),
        (
            "FROM debian AS base\nRUN apt-get update && apt-get install -y gcc\n"
            "FROM debian AS b\nCOPY --from=base /x /y\nFROM base\n",
            True,
        ),
        (
            "FROM debian\nRUN apt-get update && apt-get install -y gcc\n"
            "FROM debian AS b\nRUN --mount=type=bind,from=0,target=/x make\nFROM debian\n"
            "RUN apt-get update && apt-get install -y gcc\n",
            False,
        ),
    ],
    ids=["FROM", "only by this image's", "COPY --from", "another stage with the same RUN"],
)
def test_a_stage_that_others_use_is_told(text: str, used: bool) -> None:
    steps = (INSTALL, COMPILE) if text is STAGES else (INSTALL,)
    assert staged(text, *steps).is_used_elsewhere((0,)) is used


def test_a_variable_that_an_earlier_run_names_keeps_them_apart() -> None:
    assert joined(("RUN echo ${A} > /x", [file("x")]), ("ENV A=b", []), COMPILE) == ()


@pytest.mark.parametrize(
    ("run", "copied"),
    [
        (("RUN echo 1 > /etc/x", [file("etc/x")]), [file("etc/x", 2)]),
        (("RUN apt-get install -y x && rm -rf /tmp/*", [file("x")]), [file("tmp/main.c")]),
        (("RUN chmod -R 700 /src", [file("x")]), [file("src/main.c")]),
        (("RUN mkdir /src", [directory("src")]), [file("src/main.c")]),
        (("RUN ./configure", [file("x")]), [file("etc/conf")]),
    ],
    ids=["the same file", "a folder is emptied", "modes are set", "a folder is made", "what is run is not known"],
)
def test_a_copy_that_an_earlier_run_would_touch_keeps_them_apart(run: Step, copied: Sequence[Member]) -> None:
    assert joined(run, ("COPY . /", copied), COMPILE) == ()


def test_a_run_that_makes_the_owner_of_a_copy_stays_where_it_is() -> None:
    users: Step = ("RUN useradd app", [file("etc/passwd", 9)])
    assert joined(INSTALL, users, ("COPY --chown=app main.c /src/", [file("src/main.c")]), COMPILE) == (0, 3)


def test_the_last_user_of_tools_names_them_or_does_what_is_not_known() -> None:
    subject = image(INSTALL, COMPILE, ("RUN ./build.sh", [file("b")]), ("RUN rm -rf /src && useradd app", [file("c")]))
    assert last_user(subject, 0, frozenset(("gcc",)), cleans_lists=True) == 2


def test_who_removes_or_hands_over_what_others_built_uses_no_tools() -> None:
    subject = image(
        INSTALL,
        ("RUN make", [file("app/x.so", 50)]),
        ("RUN chown -R 7 /app", [replace(file("app/x.so", 50), uid=7)]),
        ("RUN rm -r /old", [whiteout("old/y.pyc")]),
    )
    assert last_user(subject, 0, frozenset(("gcc",)), cleans_lists=True) == 1


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("RUN apt-get install -y less", True),
        ("RUN apt-get update && apt-get install -y less", False),
        ("RUN apt-get purge -y gcc", False),
    ],
)
def test_package_lists_are_needed_by_those_who_do_not_get_them(text: str, needed: bool) -> None:
    assert needs_lists(Instruction(0, "RUN", text, None, 0, empty=False)) is needed


def test_one_run_stores_nothing_that_it_hides_or_that_its_command_removes() -> None:
    subject = image(
        ("RUN a", [file("tool", 1000), file("var/lib/apt/lists/a", 200), file("log", 30)]),
        ("RUN b", [whiteout("tool"), file("log", 40), file("kept", 5)]),
        ("RUN c", [file("log", 50), file("var/lib/apt/lists/a", 200, "y")]),
    )
    paths = {
        subject.filesystem.entry(each).path: size
        for each, size in freed(subject, (0, 1), "apt-get purge -y gcc && rm -rf /var/lib/apt/lists/*").items()
    }
    assert paths == {"tool": 1000, "var/lib/apt/lists/a": 200, "log": 30}


def test_where_package_lists_go_a_later_run_writes_a_small_cache() -> None:
    lists, both = file("var/lib/apt/lists/a", 200), [file(each, EMPTY_CACHE + 70) for each in APT_CACHES]
    subject = image(("RUN apt-get update", [lists]), ("RUN apt-get purge -y gcc", both))
    later = shrunk_later(subject, freed(subject, (0,), "rm -rf /var/lib/apt/lists/*"))
    assert {subject.filesystem.entry(each).path: size for each, size in later.items()} == dict.fromkeys(APT_CACHES, 70)


def test_without_lists_a_later_run_also_writes_the_cache_of_them() -> None:
    lists, one = file("var/lib/apt/lists/a", 200), file(APT_CACHES[0], 2 * EMPTY_CACHE + 70)
    subject = image(("RUN apt-get update", [lists]), ("RUN apt-get purge -y gcc", [one]))
    assert list(shrunk_later(subject, freed(subject, (0,), "rm -rf /var/lib/apt/lists/*")).values()) == [70]


def test_where_some_package_lists_stay_caches_stay_as_they_are() -> None:
    first, second = file("var/lib/apt/lists/a", 200), file("var/lib/apt/lists/b", 200)
    purge = file(APT_CACHES[0], EMPTY_CACHE + 70)
    subject = image(("RUN a", [first]), ("RUN b", [second]), ("RUN apt-get purge -y gcc", [purge]))
    assert shrunk_later(subject, freed(subject, (1,), "rm -rf /var/lib/apt/lists/*")) == {}


@pytest.mark.parametrize(
    ("command", "path", "removed"),
    [
        ("rm -rf /var/lib/apt/lists/*", "var/lib/apt/lists/partial/x", True),
        ("apt-get clean && rm -f /var/cache/apt/*.bin", "var/cache/apt/pkgcache.bin", True),
        ("rm -rf /root/.cache", "home/a/.cache/x", False),
        ("find /var/log -type f -exec rm -f '{}' +", "var/log/apt/term.log", True),
        ("find /opt/v -depth -type d -name tests -exec rm -rf '{}' +", "opt/v/lib/tests/x.py", True),
        ("find /opt/v -depth -type d -name tests -exec rm -rf '{}' +", "opt/v/lib/test/x.py", False),
    ],
)
def test_commands_remove_what_they_name(command: str, path: str, removed: bool) -> None:
    assert bool(removed_by(command)(path)) is removed
