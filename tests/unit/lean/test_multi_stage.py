"""The final stage: on what it stands, what it weighs, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from inspector.demo.archive import Member, directory, hardlink, symlink
from inspector.inspection import Inspection
from inspector.lean.plan.model import Answer
from tests.builders import file
from tests.elves import library
from tests.techniques import multi_stage

from .images import GOMP, LINKS, Own, debian, dynamic, image, packaged, static, status

TOOLS: Own = ("RUN install tools", [file("usr/local/share/tools.tmp", 9_000_000), status("libc6", "dash")])
CACHE: Own = ("RUN fill", [file("var/cache/big", 9_000_000)])
BUILD: Own = ("RUN build", [static("usr/local/bin/app", 5000)])
LINKED: Own = ("RUN build", [dynamic("usr/local/bin/app", "libc.so.6")])
CMD: Own = ('CMD ["app"]', None)
APP = {"Cmd": ["app"]}


def final(answer: Answer) -> list[str]:
    """The lines of the final stage."""
    return answer.dockerfile.rpartition("\n\n")[2].splitlines()


def base_bytes(inspection: Inspection) -> int:
    return inspection.scans[0].size_bytes


def size_of(members: Sequence[Member], path: str) -> int:
    return next(len(member.content) for member in members if member.path == path)


def test_a_static_program_stands_on_nothing() -> None:
    answer = multi_stage(image(CACHE, BUILD, CMD, run=APP))
    assert (answer.applies, answer.base, answer.predicted_bytes) == (True, "scratch", 5000)
    assert final(answer) == ["FROM scratch", "COPY --from=build /usr/local/bin/app /usr/local/bin/", 'CMD ["app"]']


def test_a_linked_program_stands_on_the_same_base() -> None:
    inspection = image(CACHE, LINKED, CMD, run=APP)
    answer = multi_stage(inspection)
    program = size_of(LINKED[1] or [], "usr/local/bin/app")
    assert [(part.what, part.size_bytes) for part in answer.parts] == [
        ("base image base:1", base_bytes(inspection)),
        ("files of the application", program),
    ]
    assert answer.predicted_bytes == base_bytes(inspection) + program
    assert final(answer)[:2] == ["FROM base:1", "COPY --from=build /usr/local/bin/app /usr/local/bin/"]


def test_packages_that_the_base_lacks_are_installed() -> None:
    members = [*packaged("libgomp1", GOMP), status("libc6", "dash", "libgomp1", libgomp1="libc6")]
    build: Own = ("RUN build", [dynamic("usr/local/bin/app", "libgomp.so.1")])
    answer = multi_stage(image(CACHE, ("RUN install", members), build, CMD, run=APP))
    assert "    && apt-get install -y --no-install-recommends libgomp1 \\" in final(answer)
    assert answer.parts[1].what == "packages libgomp1"
    assert sum(part.size_bytes for part in answer.parts) == answer.predicted_bytes


def test_users_lines_stay_and_settings_are_repeated_to_the_letter() -> None:
    own: list[Own] = [
        ("ENV A=1   B='two words'", None),
        CACHE,
        ("WORKDIR /src", [directory("src")]),
        ("WORKDIR /app", [directory("app")]),
        LINKED,
        ("USER 7", None),
        ("EXPOSE 80", None),
        ("LABEL a=b", None),
        ("STOPSIGNAL SIGINT", None),
        CMD,
    ]
    answer = multi_stage(image(*own, run=APP | {"WorkingDir": "/app", "User": "7"}))
    lines = [text for text, _ in own]
    assert answer.dockerfile.startswith("FROM base:1 AS build\n" + "".join(f"{line}\n" for line in lines))
    assert final(answer) == [
        "FROM base:1",
        "ENV A=1   B='two words'",
        "EXPOSE 80",
        "LABEL a=b",
        "COPY --from=build /usr/local/bin/app /usr/local/bin/",
        "WORKDIR /app",
        "USER 7",
        "STOPSIGNAL SIGINT",
        'CMD ["app"]',
    ]


def test_owners_and_modes_are_kept() -> None:
    members = [
        directory("srv/app", uid=7, gid=8, mode=0o700),
        Member("srv/app/data", b"xyz", uid=7, gid=8),
        directory("srv/mixed"),
        file("srv/mixed/a", 2),
        Member("srv/mixed/b", b"x", uid=7),
    ]
    answer = multi_stage(image(CACHE, ("RUN make", members), LINKED, CMD, run=APP))
    assert final(answer)[1:-1] == [
        "RUN mkdir -p /srv/app \\",
        "    && chmod 700 /srv/app \\",
        "    && chown 7:8 /srv/app",
        "COPY --from=build --chown=7:8 /srv/app/ /srv/app/",
        "COPY --from=build /srv/mixed/a /srv/mixed/",
        "COPY --from=build --chown=7:0 /srv/mixed/b /srv/mixed/",
        "COPY --from=build /usr/local/bin/app /usr/local/bin/",
    ]


def test_links_beside_files_of_others_are_made_and_those_in_own_folders_copied() -> None:
    members = [symlink("usr/bin/start", "/opt/app/run"), symlink("opt/app/link", "run"), file("opt/app/run", 3)]
    answer = multi_stage(image(CACHE, ("RUN make", members), LINKED, CMD, run=APP))
    assert "RUN ln -sfn /opt/app/run /usr/bin/start" in final(answer)
    assert "COPY --from=build /opt/app/ /opt/app/" in final(answer)


def test_hardlinks_copied_together_weigh_once_and_apart_twice() -> None:
    together = ("RUN make", [file("opt/app/a", 1000), hardlink("opt/app/b", "opt/app/a")])
    apart = ("RUN make", [file("opt/one/a", 1000), hardlink("opt/two/b", "opt/one/a")])
    sizes = [multi_stage(image(CACHE, links, BUILD, CMD, run=APP)).predicted_bytes for links in (together, apart)]
    assert sizes == [6000, 7000]


def test_certificates_of_own_instructions_come_along_and_those_of_the_base_do_not() -> None:
    bundle = file("etc/ssl/certs/ca-certificates.crt", 300)
    own = multi_stage(image(CACHE, ("RUN install", [bundle]), BUILD, CMD, run=APP))
    inherited = multi_stage(image(CACHE, BUILD, CMD, base=[*debian(), bundle], run=APP))
    assert (own.predicted_bytes, inherited.predicted_bytes) == (5300, 5000)


def test_a_user_by_name_brings_who_that_is() -> None:
    users: Own = ("RUN useradd app", [file("etc/passwd", 40), file("etc/group", 30), file("etc/shadow", 20)])
    run = APP | {"User": "app"}
    answer = multi_stage(image(CACHE, users, BUILD, ("USER app", None), CMD, run=run))
    assert answer.predicted_bytes == 5070
    assert final(answer)[1:3] == [
        "COPY --from=build /etc/group /etc/group",
        "COPY --from=build /etc/passwd /etc/passwd",
    ]


def test_on_nothing_a_program_lies_where_it_is_looked_for() -> None:
    build: Own = ("RUN build", [static("opt/app-1/app", 500), symlink("usr/local/bin/app", "/opt/app-1/app")])
    answer = multi_stage(image(CACHE, build, CMD, run=APP))
    assert "COPY --from=build /opt/app-1/app /usr/local/bin/app" in final(answer)
    assert answer.predicted_bytes == 1000


def test_libraries_in_usr_local_lib_are_told_to_the_linker() -> None:
    base = [*debian(), file("etc/ld.so.cache", 77)]
    own: Own = ("RUN make", [Member("usr/local/lib/libown.so.1", library("libown.so.1"), mode=0o755)])
    answer = multi_stage(image(CACHE, own, LINKED, CMD, base=base, run=APP))
    assert final(answer)[-2:] == ["RUN ldconfig", 'CMD ["app"]']
    assert answer.parts[-1].size_bytes == 77


@pytest.mark.parametrize(
    ("opening", "named"),
    [
        ("FROM base:1", "FROM base:1 AS build"),
        ("FROM base:1 AS app", "FROM base:1 AS app"),
        ("FROM base:1  ", "FROM base:1 AS build"),
    ],
)
def test_a_stage_keeps_its_name_or_gets_one(opening: str, named: str) -> None:
    answer = multi_stage(image(CACHE, LINKED, CMD, run=APP, opening=opening))
    assert answer.dockerfile.splitlines()[0] == named
    assert f"COPY --from={named.rsplit(maxsplit=1)[-1]} " in answer.dockerfile


def test_names_of_other_stages_are_not_taken() -> None:
    answer = multi_stage(image(CACHE, LINKED, CMD, run=APP, opening="FROM x AS build\nRUN y\nFROM base:1"))
    assert answer.dockerfile.splitlines()[2] == "FROM base:1 AS build2"


def test_lines_end_as_the_users_do() -> None:
    answer = multi_stage(image(CACHE, LINKED, CMD, run=APP, end="\r\n"))
    assert answer.dockerfile.startswith("FROM base:1 AS build\r\n")
    assert answer.dockerfile.count("\n") == answer.dockerfile.count("\r\n")


@pytest.mark.parametrize(
    ("own", "run", "reason"),
    [
        ((LINKED, CMD), APP, "the running program needs nearly all that is in the image"),
        ((CACHE, LINKED), {}, "the image does not say what it runs"),
        ((CACHE, LINKED), {"Cmd": ["bash"]}, "it starts a shell, and what is run in that is not seen"),
        ((CACHE, LINKED), {"Cmd": ["/bin/sh", "-l"]}, "it starts a shell, and what is run in that is not seen"),
        (
            (CACHE, LINKED, CMD),
            APP | {"OnBuild": ["RUN make"]},
            "it is there to be built upon (ONBUILD), and what its triggers need is not seen",
        ),
        ((CACHE, LINKED, CMD), {"Cmd": ["other"]}, "the program that the image starts is not found: other"),
    ],
)
def test_it_does_not_apply(own: Sequence[Own], run: dict[str, list[str]], reason: str) -> None:
    answer = multi_stage(image(*own, run=run))
    assert (answer.applies, answer.reason) == (False, reason)


def test_it_does_not_apply_to_what_is_on_nothing_already() -> None:
    copied: Own = ("COPY app /app", [static("app", 5_000_000)])
    answer = multi_stage(image(copied, ('CMD ["/app"]', None), run={"Cmd": ["/app"]}, opening="FROM scratch"))
    assert (answer.applies, answer.reason) == (False, "the running program needs nearly all that is in the image")


def test_without_a_dockerfile_one_is_written_from_the_history() -> None:
    run = APP | {"Env": ["A=two words"]}
    answer = multi_stage(image(CACHE, LINKED, ("ENV A=two words", None), CMD, known=False, run=run))
    assert answer.dockerfile.splitlines() == [
        "FROM base:1 AS build",
        "RUN fill",
        "RUN build",
        'ENV A="two words"',
        'CMD ["app"]',
        "",
        "FROM base:1",
        'ENV A="two words"',
        "COPY --from=build /usr/local/bin/app /usr/local/bin/",
        'CMD ["app"]',
    ]


def test_what_a_history_does_not_tell_is_not_written() -> None:
    copied: Own = ("COPY file:0123456789abcdef in /opt/data ", [file("opt/data", 10)])
    answer = multi_stage(image(CACHE, copied, LINKED, CMD, known=False, run=APP))
    assert answer.applies
    assert answer.dockerfile == ""
    assert answer.reason.endswith("no Dockerfile is known, and the history does not tell what was copied")


def test_merged_folders_are_no_hindrance() -> None:
    build: Own = ("RUN build", [static("usr/bin/app", 500)])
    answer = multi_stage(image(CACHE, build, ('CMD ["/bin/app"]', None), run={"Cmd": ["/bin/app"]}))
    assert LINKS[1].path == "bin"
    assert "COPY --from=build /usr/bin/app /bin/app" in final(answer)


def test_many_folders_beside_those_of_the_base_are_copied_together() -> None:
    folder = "usr/local/lib/python3.11/site-packages"
    base = [*debian(), file(f"{folder}/pip/__init__.py", 300)]
    few, many = ([file(f"{folder}/p{n}/__init__.py", 10) for n in range(count)] for count in (3, 17))
    apart = multi_stage(image(CACHE, ("RUN pip install", few), LINKED, CMD, base=base, run=APP))
    together = multi_stage(image(CACHE, ("RUN pip install", many), LINKED, CMD, base=base, run=APP))
    assert sum(line.startswith(f"COPY --from=build /{folder}/p") for line in final(apart)) == 3
    assert f"COPY --from=build /{folder}/ /{folder}/" in final(together)
    program = size_of(LINKED[1] or [], "usr/local/bin/app")
    assert together.parts[1].size_bytes == 17 * 10 + 300 + program


def test_a_path_that_no_dockerfile_can_name_is_not_written() -> None:
    odd: Own = ("RUN make", [file("opt/a\nb", 3), Member("opt/c", b"x", uid=7)])
    answer = multi_stage(image(CACHE, odd, LINKED, CMD, run=APP))
    assert (answer.applies, answer.dockerfile) == (True, "")
    assert answer.reason.endswith("a path cannot be written in it")


def test_more_layers_than_an_engine_takes_are_not_written() -> None:
    many = [file(f"opt/{number}/{name}", 1) for number in range(90) for name in ("mine", "other")]
    owned = [Member(each.path, each.content, uid=int(each.path.endswith("other"))) for each in many]
    answer = multi_stage(image(CACHE, ("RUN make", owned), LINKED, CMD, run=APP))
    assert (answer.applies, answer.dockerfile) == (True, "")
    assert answer.reason.endswith(
        "no Dockerfile can be proposed: its final stage would add 181 layers, more than the 80 that fit on most bases"
    )


def test_patterns_and_variables_in_names_stand_for_themselves() -> None:
    odd: Own = ("RUN make", [file("opt/[id].js", 3), file("opt/$x", 3), file("opt/a b", 3)])
    answer = multi_stage(image(CACHE, odd, LINKED, CMD, run=APP))
    assert 'COPY --from=build ["/opt/[[]id].js", "/opt/\\$x", "/opt/a b", "/opt/"]' in final(answer)


def test_packages_from_files_are_not_installed_again() -> None:
    members = [*packaged("libgomp1", GOMP), status("libc6", "dash", "libgomp1")]
    build: Own = ("RUN build", [dynamic("usr/local/bin/app", "libgomp.so.1")])
    answer = multi_stage(image(CACHE, ("RUN dpkg -i /x.deb", members), build, CMD, run=APP))
    assert answer.reason == "it needs packages that the base image lacks, and nothing there installs them"


def test_a_base_with_a_user_is_installed_upon_as_root() -> None:
    members = [symlink("usr/bin/start", "/usr/local/bin/app")]
    own: list[Own] = [CACHE, ("RUN make", members), LINKED]
    stay = multi_stage(image(*own, CMD, base_user="node", run=APP | {"User": "node"}))
    assert final(stay)[1:-1] == [
        "USER 0",
        "RUN ln -sfn /usr/local/bin/app /usr/bin/start",
        "COPY --from=build /usr/local/bin/app /usr/local/bin/",
        "USER node",
    ]
    change = multi_stage(image(*own, ("USER 7", None), CMD, base_user="node", run=APP | {"User": "7"}))
    assert [line for line in final(change) if line.startswith("USER")] == ["USER 0", "USER 7"]
