# Few public targets; `make help` lists them. Everything is installed into .venv from hash-locked requirements.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
WORKERS ?= $(shell nproc)
unexport PYTHONDONTWRITEBYTECODE  # the same sources are started many times: compiled once

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long test-spark check docs bench screenshots messages wheel lock format clean

help:  ## Show what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Install everything into .venv, and build the portal's styles, scripts and icons
	@$(BIN)/python -m tools.frontend

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新 / Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "缺少 venv：请先 apt-get install python3-venv / please install python3-venv first"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

demo: setup  ## Start the demonstration city, run the main job in it, keep it running (Ctrl-C stops it)
	$(BIN)/govshare demo --check --stay $(DEMO)

test: setup  ## Run all tests (the long forms: make test-long)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not long and not spark" $(TESTS)

test-long: setup  ## Run the long forms: kill matrix, large tables
	$(BIN)/python -m pytest -m long $(TESTS)

test-spark: setup  ## Run the archive's search on Spark (installs the extra into .venv; needs Java 17)
	@java -version >/dev/null 2>&1 || { echo "需要 Java 17：apt-get install openjdk-17-jre-headless / Java 17 is needed"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.txt
	$(BIN)/python -m pytest -m spark tests/archive

check: setup  ## Lint, types, import contracts, house tests
	$(BIN)/ruff format --check src tests bench tools
	$(BIN)/ruff check src tests bench tools
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house

docs: setup  ## Write the generated references and build docs/ into build/docs
	$(BIN)/python -m tools.reference
	$(BIN)/sphinx-build -q -W -b html docs build/docs
	@echo "build/docs/index.html"

bench: setup  ## Measure speed; ONLY=transfer or ONLY=portal for one part. Writes build/bench.json
	$(BIN)/python -m bench $(ONLY)

screenshots: setup  ## Take pictures of every page of the demonstration city into build/screenshots (needs Chromium)
	$(BIN)/python -m tools.screenshots

messages: setup  ## Bring the site's English up to date with its messages, and compile it
	$(BIN)/python -m tools.messages

wheel: setup  ## Build the wheel with everything inside into dist/
	$(BIN)/python -m hatchling build -t wheel

format:  ## Format the code
	$(BIN)/ruff format src tests bench tools
	$(BIN)/ruff check --fix src tests bench tools

lock:  ## Refresh the hash-locked requirements (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --python-platform linux pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --python-platform linux pyproject.toml --group test --group check --group docs --group build -o requirements/dev.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --python-platform linux --group spark -o requirements/spark.txt

clean:  ## Remove what was built (the virtual environment stays)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
