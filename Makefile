# Two commands do all the set-up: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REAL_PARTS := docker.io podman skopeo buildah umoci docker-registry debootstrap tmux chromium apache2-utils openssh-server containerd rpm e2fsprogs

.PHONY: demo test check lint screenshots bench proof real-parts clean

demo: $(VENV)/installed
	@$(BIN)/leaninspect demo fat

test: $(VENV)/installed-dev real-parts
	$(BIN)/python -m pytest

# What to run before every commit: under two minutes on two cores.
check: lint
	$(BIN)/python -m pytest -q tests/unit

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

screenshots: $(VENV)/installed-dev real-parts
	$(BIN)/python -m tests.tui.screenshots

bench: $(VENV)/installed-dev real-parts
	$(BIN)/python -m benchmarks

# The plan with both builders, every remedy alone with BuildKit, built and run: a table of promised and real sizes (two
# hours), of which the README has the plans.
proof: $(VENV)/installed-dev real-parts
	$(BIN)/python -m tests.proof --readme

# The engines, registry and browser that the tests run for real; elsewhere those tests skip and say why.
real-parts:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    missing=$$(for part in $(REAL_PARTS); do dpkg -s $$part >/dev/null 2>&1 || echo $$part; done); \
	    if [ -n "$$missing" ]; then \
	        apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$missing; \
	    fi; \
	fi

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $(VENV)/installed $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
