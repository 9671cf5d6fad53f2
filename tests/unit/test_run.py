"""The run configuration: what an image says of how it runs, whatever it says."""

from __future__ import annotations

from typing import Any

import pytest
from builders import BuiltImage

from inspector.demo.archive import Member, Step, tar_layer
from inspector.image.run import NO_RUN, RunConfiguration, parse_run
from inspector.line import inspect_source
from inspector.reports.contract import Note
from inspector.reports.json_report import to_report
from inspector.reports.text import text_report


def test_a_configuration_is_parsed_into_its_types() -> None:
    raw = {
        "Entrypoint": ["/init"],
        "Cmd": ["app", "-v"],
        "Env": ["PATH=/bin", "EMPTY="],
        "Labels": {"a": "b"},
        "WorkingDir": "/srv",
        "ExposedPorts": {"80/tcp": {}, "443/tcp": {}},
        "Volumes": {"/data": {}},
        "OnBuild": ["RUN make"],
        "Shell": ["/bin/bash", "-c"],
        "Healthcheck": {"Test": ["CMD", "true"], "Interval": 3},
        "User": "app",
        "Hostname": "0123",
    }
    assert parse_run(raw) == RunConfiguration(
        entrypoint=("/init",),
        command=("app", "-v"),
        health=("CMD", "true"),
        environment=(("PATH", "/bin"), ("EMPTY", "")),
        labels={"a": "b"},
        working_folder="/srv",
        shell=("/bin/bash", "-c"),
        ports=("443/tcp", "80/tcp"),
        volumes=("/data",),
        triggers=("RUN make",),
        settings={
            "Entrypoint": '["/init"]',
            "Cmd": '["app", "-v"]',
            "WorkingDir": "/srv",
            "OnBuild": '["RUN make"]',
            "Shell": '["/bin/bash", "-c"]',
            "Healthcheck": '{"Test": ["CMD", "true"], "Interval": 3}',
            "User": "app",
        },
    )


def test_a_command_in_one_text_is_one_word() -> None:
    assert parse_run({"Cmd": "sh"}).command == ("sh",)


def test_of_a_variable_that_is_set_twice_the_last_counts() -> None:
    run = parse_run({"Env": ["A=1", "A=2"]})
    assert (run.variable("A"), run.variable("B", "none")) == ("2", "none")


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("Env", 5, "Env is no list of texts"),
        ("Env", ["A=1", 2], "Env is no list of texts"),
        ("Entrypoint", {"a": 1}, "Entrypoint is no list of texts"),
        ("Labels", [1], "Labels is no object"),
        ("Labels", {"org.opencontainers.image.base.name": 5}, "Labels.org.opencontainers.image.base.name is no text"),
        ("ExposedPorts", [1], "ExposedPorts is no object"),
        ("Volumes", "x", "Volumes is no object"),
        ("OnBuild", 7, "OnBuild is no list of texts"),
        ("Shell", [1], "Shell is no list of texts"),
        ("Healthcheck", {"Test": 5}, "Healthcheck.Test is no list of texts"),
        ("Healthcheck", 5, "Healthcheck is no object"),
        ("WorkingDir", [], "WorkingDir is no text"),
    ],
)
def test_what_is_not_of_its_type_is_told_and_ends_no_reading(key: str, value: Any, problem: str) -> None:
    step = Step("RUN /bin/sh -c true # buildkit", tar_layer([Member("usr/bin/true", b"x", mode=0o755)]))
    inspection = inspect_source(BuiltImage([step], {key: value}), "test")
    assert inspection.notes == (f"the image's configuration is malformed: {problem}",)
    assert problem in text_report(inspection)
    assert to_report(inspection).notes == [Note(None, inspection.notes[0])]


def test_an_image_that_says_nothing_runs_nothing() -> None:
    assert parse_run({"Env": None, "Cmd": None, "Labels": None}) == NO_RUN
