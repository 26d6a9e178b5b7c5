# What to type. `make help` lists it.

PY := .venv/bin/python
export PYTHONUTF8 := 1
# Tests start many processes: none compiles anew what another has compiled.
unexport PYTHONDONTWRITEBYTECODE

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help install run demo openapi bench bench-full bench-soak bench-profile test clients lint coverage lock upgrade format clean runtime tools others browser \
	check-format check-lint check-types check-imports check-openapi check-behaviour

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: tools ## Create .venv with everything locked: what runs, and what checks it

run: runtime ## Start the service with its demo clinic on http://127.0.0.1:8000
	@exec $(PY) -m service serve --demo

test: lint check-openapi check-behaviour ## Everything CI runs

clients: tools others ## Drive the service with the FHIR clients of others
	@$(PY) -m pytest -q tests/journeys/clients

lint: check-format check-lint check-types check-imports ## Formatting, lint, types and the rooms' contracts

coverage: tools ## What the tests reach, by branch
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report

format: tools ## Rewrite the source in its one format
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

demo: runtime ## Fill the database with a synthetic clinic
	@exec $(PY) -m service demo

openapi: runtime ## Write what openapi/ publishes anew: the API, the instruments, the findings
	@$(PY) -m service openapi

bench: tools ## Measure, beside another server on the same machine (below 15 minutes)
	@.ci/install bench
	@exec $(PY) -m bench

bench-full: tools ## The same up to 2,000,000 Observations (about 40 minutes)
	@.ci/install bench
	@exec $(PY) -m bench --full

bench-soak: tools ## A mixed load for half an hour, and whether anything grew
	@exec $(PY) -m bench soak

bench-profile: tools ## What PostgreSQL spends its time on, by kind of request and size
	@exec $(PY) -m bench profile

lock: tools ## Write .ci/locks anew from pyproject.toml
	@.ci/lock

upgrade: tools ## The same, with every package at its newest version
	@.ci/lock --upgrade

clean: ## Remove the environments and caches; the database in .attune stays
	@rm -rf .venv .venv-bench .venv-node tests/journeys/clients/node/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@.ci/install runtime

tools:
	@.ci/install test

others:
	@.ci/clients

browser:
	@.ci/browser

check-format: tools
	@$(PY) -m ruff format --check .

check-lint: tools
	@$(PY) -m ruff check .

check-types: tools
	@$(PY) -m mypy

check-imports: tools
	@.venv/bin/lint-imports --no-logo

check-openapi: tools
	@$(PY) -m service openapi --check

# Two at a time, each with a database of its own; who has run out of tests takes over half of the other's.
check-behaviour: tools others browser
	@$(PY) -m pytest --numprocesses 2 --dist worksteal
