# Two commands do all the set-up: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REAL_PARTS := docker.io podman skopeo buildah umoci docker-registry debootstrap tmux chromium apache2-utils openssh-server containerd rpm e2fsprogs

APT := apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends
IS_ROOT_WITH_APT = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null

# Two at a time, a file's tests together and in its order: what they start has its own folders and ports.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test check lint screenshots bench proof real-parts clean

demo: $(VENV)/installed
	@$(BIN)/leaninspect demo fat

test: $(VENV)/installed-dev real-parts
	$(PYTEST)

# What to run before every commit: under two minutes on two cores.
check: lint
	$(PYTEST) -q tests/unit

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

# The engines, registry and browser that the tests run for real; elsewhere those tests skip and say why. Debian 13 has
# the docker command in a package of its own.
real-parts:
	@command -v dpkg >/dev/null || exit 0; \
	missing=$$(for part in $(REAL_PARTS); do dpkg -s $$part >/dev/null 2>&1 || echo $$part; done); \
	if $(IS_ROOT_WITH_APT); then \
	    [ -z "$$missing" ] || { $(APT) $$missing >/dev/null; } || exit 1; \
	    [ -x /usr/bin/docker ] || { $(APT) docker-cli >/dev/null; }; \
	elif [ -n "$$missing" ]; then \
	    echo "tests skip what these are needed for: sudo apt-get install" $$missing; \
	fi

# Debian has what venv needs in a package of its own. pip is there when all went well.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || if $(IS_ROOT_WITH_APT); then $(APT) $(notdir $(PYTHON))-venv >/dev/null; \
	    else echo "Python's venv is needed: sudo apt-get install $(notdir $(PYTHON))-venv"; exit 1; fi
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/pip
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/pip
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $(VENV)/installed $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
