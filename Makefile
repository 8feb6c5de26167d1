# Each target is one command that you could type yourself; bare `make` lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help bench report gallery test lint messages validity new-model clean

PYTHON ?= python3
SUITE ?= default
GALLERY = smoke simulated default
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet

help:  ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

bench: .venv/run.ready  ## Run SUITE (default, smoke, shoppers) and write its report
	.venv/bin/intentbench run $(SUITE)

report: .venv/run.ready  ## Rebuild the latest report from stored results; fits nothing
	.venv/bin/intentbench report

gallery: .venv/run.ready  ## Write the reports of three suites into gallery/
	@mkdir -p gallery
	set -e; for suite in $(GALLERY); do \
	  cp "$$(.venv/bin/intentbench run $$suite --results results/gallery/$$suite)" gallery/$$suite.html; \
	done

test: .venv/dev.ready  ## Run all tests
	.venv/bin/pytest -n 2 --no-loadscope-reorder

lint: .venv/dev.ready  ## Check style and formatting
	.venv/bin/ruff check . && .venv/bin/ruff format --check .

messages: .venv/dev.ready  ## Gather all sentences into the catalogs and compile these
	.venv/bin/python -P docs/make_messages.py

validity: .venv/run.ready  ## Simulate whether intervals and tests keep their promises
	.venv/bin/python -P benchmarks/coverage.py
	.venv/bin/python -P benchmarks/clean_folds.py
	.venv/bin/python -P benchmarks/validity.py

new-model: .venv/run.ready  ## Write a working example model: make new-model NAME=my_model
	@test -n "$(NAME)" || { echo "name it: make new-model NAME=my_model" >&2; exit 2; }
	.venv/bin/intentbench new model "$(NAME)"

clean:  ## Remove the environment and caches; keeps results
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; name one: make PYTHON=python3.12" >&2; exit 2; }
	$(PYTHON) -m venv .venv

.venv/run.ready: .venv/bin/python requirements/run.txt pyproject.toml
	$(PIP) install --no-deps --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.ready: .venv/run.ready requirements/dev.txt
	$(PIP) install --no-deps --require-hashes -r requirements/dev.txt
	@touch $@
