# The two commands: `make demo` (try it) and `make test` (prove it).
# `make check` is the fast part of the tests; `make generate` writes what is made from the code.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# To build pyscard and make the virtual environment; then what the tests need: a virtual card, a terminal.
DEBIAN_RUN := gcc python3-dev python3-venv libpcsclite-dev
DEBIAN_TEST := $(DEBIAN_RUN) pcscd vsmartcard-vpcd tmux
DEMO_HOME ?= $(CURDIR)/demo-shop

.PHONY: demo console setup test check lint unit journeys generate clean help

help:
	@echo "make demo      a sample shop in this window"
	@echo "make console   the back room of the sample shop"
	@echo "make test      everything, from lint to journeys"
	@echo "make check     the fast part of it"
	@echo "make generate  write schemas, goldens and the protocol's reference from the code"

demo: $(READY)
	@$(BIN)/guitai --home "$(DEMO_HOME)" demo

console: $(READY)
	@$(BIN)/guitai --home "$(DEMO_HOME)" demo --console

setup: $(READY)

$(READY): pyproject.toml
	@deploy/debian-packages $(DEBIAN_RUN)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up the virtual environment (a minute or two the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

test: $(READY)
	@deploy/debian-packages $(DEBIAN_TEST)
	@$(MAKE) --no-print-directory lint unit journeys

# Without the screens, devices and journeys, which take minutes.
check: $(READY) lint
	@$(BIN)/python -m pytest -n 2 -m "not journey and not slow" tests/test_language.py tests/protocol tests/store_server

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy

# Three workers on two cores: the tests of screens wait more than they work.
unit: $(READY)
	@$(BIN)/python -m pytest -n 3 -m "not journey"

journeys: $(READY)
	@$(BIN)/python -m pytest -n 2 -m journey

generate: $(READY)
	@$(BIN)/python -m protocol.schemas --write

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
