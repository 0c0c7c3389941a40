# Each target sets up all that it needs; .ci/setup says how.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help figures test lab bench clean

BIN := .venv/bin
PYTEST_ARGS ?=
export PYTHON

help: ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

figures: ## run the notebooks, redraw figures/ and build/report, print every finding
	@.ci/setup .venv ""
	@$(BIN)/aidlib story

test: ## every check: lint, types, tests, doctests, README examples, notebooks
	@.ci/setup .venv test
	$(BIN)/ruff check . --output-format concise
	$(BIN)/ruff format --check . --output-format concise
	$(BIN)/mypy
	$(BIN)/pytest $(PYTEST_ARGS)

# .ci/lab leaves out what asks the network (news, list of extensions) and what slows the start (LSP, build check).
lab: ## JupyterLab on the notebooks, in an environment of its own
	@.ci/setup .venv-lab lab
	JUPYTER_CONFIG_PATH=$(CURDIR)/.ci/lab .venv-lab/bin/jupyter lab notebooks

bench: ## what takes longer than a test: speed beside the peers, in an environment of its own
	@.ci/setup .venv-bench test,bench
	.venv-bench/bin/pytest tests/benchmarks -o 'norecursedirs=.*' -o pythonpath=". tests tests/benchmarks" -o python_files='bench_*.py' -s $(PYTEST_ARGS)

clean: ## remove what is made: environments, build/, caches (never figures/)
	rm -rf .venv .venv-lab .venv-bench build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf src/*.egg-info
