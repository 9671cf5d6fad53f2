"""The image on a page: all about it, secrets masked, every value copied whole."""

from __future__ import annotations

from msgspec.structs import replace
from textual.pilot import Pilot

from inspector.image.masking import MASK
from inspector.image.run import parse_run
from inspector.inspection import Inspection
from inspector.tui.image_words import image_facts
from inspector.tui.widgets.image_page import ImagePage

from .driving import app_for, lines_of, press, until
from .images import small_image

RUN = {
    "Entrypoint": ["/init", "数"],
    "Cmd": ["app", "postgres://me:hidden@db/x"],
    "Env": ["PATH=/bin", "API_TOKEN=hidden", "EMPTY="],
    "Labels": {"org.opencontainers.image.title": "app", "deploy.password": "hidden"},
    "WorkingDir": "/srv",
    "ExposedPorts": {"80/tcp": {}, "443/tcp": {}},
    "Volumes": {"/data": {}},
    "User": "1000:1000",
    "StopSignal": "SIGINT",
}


def with_settings() -> Inspection:
    inspection = small_image()
    image = inspection.image
    config = replace(image.config, run=parse_run(RUN), created="2026-01-02T03:04:05Z")
    layers = tuple(replace(layer, digest="sha256:" + f"{layer.index:064x}") for layer in image.layers)
    return replace(
        inspection, image=replace(image, config=config, layers=layers, annotations={"note\nline": "\x1b[31mred"})
    )


INSPECTION = with_settings()
FACTS = {fact.label: fact.value for fact in image_facts(INSPECTION)}


def test_the_page_tells_what_the_image_is_and_how_it_runs():
    told = "name id created user folder ports volumes StopSignal"
    assert [FACTS[label] for label in told.split()] == [
        "test:image", INSPECTION.image.id, "2026-01-02T03:04:05Z", "1000:1000", "/srv", "443/tcp, 80/tcp", "/data",
        "SIGINT",
    ]  # fmt: skip
    assert FACTS["entry point"] == '["/init", "数"]'
    assert FACTS["org.opencontainers.image.title"] == "app"


def test_secrets_are_masked_in_variables_labels_and_commands():
    assert (FACTS["API_TOKEN"], FACTS["deploy.password"]) == (MASK, MASK)
    assert FACTS["command"] == f'["app", "postgres://me:{MASK}@db/x"]'
    assert (FACTS["PATH"], FACTS["EMPTY"]) == ("/bin", '""')
    assert not any("hidden" in value for value in FACTS.values())


def test_what_an_image_says_of_itself_sends_no_commands_to_the_terminal():
    assert FACTS["note\\nline"] == "\\x1b[31mred"


def test_each_layer_has_its_digests_whole():
    facts = list(image_facts(INSPECTION))
    start = next(nth for nth, fact in enumerate(facts) if fact.label.startswith("Layer 1 · 840.0 kB · apt-get install"))
    layer = INSPECTION.image.layers[1]
    assert [(fact.label, fact.value) for fact in facts[start + 1 : start + 3]] == [
        ("diff id", layer.diff_id),
        ("digest", layer.digest),
    ]


async def selected(pilot: Pilot[int], label: str) -> ImagePage:
    """The page with the line of this label selected."""
    page = pilot.app.screen
    assert isinstance(page, ImagePage)
    for _ in page.facts:
        if page.facts[page.list.line].label == label:
            return page
        await pilot.press("j")
    raise AssertionError(label)


async def test_y_copies_the_selected_value_whole_even_where_it_is_broken_into_rows():
    app = app_for(INSPECTION)
    async with app.run_test(size=(60, 24)) as pilot:
        await press(pilot, "I")
        await until(pilot, lambda: any("test:image" in line for line in lines_of(pilot)))
        await selected(pilot, "id")
        await pilot.press("y")
        assert app.clipboard == INSPECTION.image.id
        await selected(pilot, "digest")
        await pilot.press("j", "y")  # the second row of the same value
        assert app.clipboard == INSPECTION.image.layers[0].digest


async def test_a_heading_and_a_secret_are_not_copied():
    app = app_for(INSPECTION)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "I")
        await selected(pilot, "Runs")
        await pilot.press("y")
        assert app.clipboard == ""
        await selected(pilot, "API_TOKEN")
        await pilot.press("y")
        assert app.clipboard == MASK
