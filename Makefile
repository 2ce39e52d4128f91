# Everything starts from a bare clone with python3 (3.11 or newer): each target sets up .venv when it must.
# make test ARGS=tests/cli            gives pytest further arguments
# make PYTHON=python3.12 test         takes another interpreter

PYTHON ?= python3
ARGS ?=
PROCESSES ?= 2
FAULTS ?= 100
SEED ?=

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
READY := $(VENV)/.ready
MADE_FOR := $(CURDIR) $(PYTHON)

# The checks load the settings too, and must neither see nor make anybody's database or key.
unexport DATABASE_URL DATABASE_URL_FILE CERTREMOVAL_DATA CERTREMOVAL_SECRET_KEY CERTREMOVAL_SECRET_KEY_FILE
CHECKING := CERTREMOVAL_DATA=build/checks

.PHONY: help demo serve test test-postgres faults benchmark screenshots check lint types arrows migrations lock clean FORCE

help:
	@echo 'make demo           build the demonstration in data/demo and run its story'
	@echo 'make serve          open it in a browser: web server and worker'
	@echo 'make test           all tests, on SQLite, in a browser too (ARGS=... goes to pytest)'
	@echo 'make test-postgres  the same on PostgreSQL: a server of its own, stopped at the end'
	@echo 'make faults         workers killed, frozen, cut off, hundreds of times on both databases (FAULTS=100 of each kind)'
	@echo 'make benchmark      the engine, measured beside the bound and what is usually done: build/benchmark.* (ARGS=... its options)'
	@echo 'make screenshots    pictures of all pages, from the demonstration, in build/screenshots'
	@echo 'make check          lint, types, arrows, migrations'
	@echo 'make lint           ruff: rules and format'
	@echo 'make types          mypy'
	@echo 'make arrows         import-linter: the arrows of docs/architecture.md'
	@echo 'make migrations     nothing in the models lacks a migration'
	@echo 'make lock           write requirements*.txt anew from pyproject.toml (UPGRADE=1: newest versions)'
	@echo 'make clean          remove .venv, caches and what was built; data/ stays'

# --- set-up: once, and again when what it depends on changes (or the folder, or PYTHON)

ifneq ($(shell cat $(READY) 2>/dev/null),$(MADE_FOR))
$(READY): FORCE
endif
$(READY): requirements-dev.txt pyproject.toml scripts/set-up
	@scripts/set-up '$(PYTHON)' '$(VENV)'
	@echo '$(MADE_FOR)' > $@

FORCE:

# --- to try it

demo: $(READY)
	@scripts/demo

serve: $(READY)
	@test -e data/demo/certremoval.sqlite3 || scripts/demo
	@CERTREMOVAL_DATA=data/demo exec $(VENV)/bin/certremoval serve $(ARGS)

# --- to work on it

test: $(READY)
	@scripts/set-up-browser
	@scripts/set-up-services
	@$(VENV)/bin/pytest -n $(PROCESSES) $(ARGS)

test-postgres: $(READY)
	@scripts/with-postgres $(VENV)/bin/pytest -n $(PROCESSES) $(ARGS)

faults: $(READY)
	@scripts/set-up-services
	@FAULTS=$(FAULTS) SEED=$(SEED) $(VENV)/bin/pytest -o timeout=7200 tests/faults $(ARGS)
	@FAULTS=$(FAULTS) SEED=$(SEED) scripts/with-postgres $(VENV)/bin/pytest -o timeout=7200 tests/faults $(ARGS)

# ARGS may begin with the part that is measured, and its own --output counts.
MEASURED = $(filter engine fairness lists picture,$(firstword $(ARGS)))
benchmark: $(READY)
	@mkdir -p build
	@LIKE_A_REAL_ONE=1 scripts/with-postgres $(VENV)/bin/python -m benchmarks $(if $(filter-out engine,$(MEASURED)),$(ARGS),\
		engine --output build/benchmark.json --picture build/benchmark.svg \
		$(or $(if $(MEASURED),$(wordlist 2,$(words $(ARGS)),$(ARGS)),$(ARGS)),--xlsx))

screenshots: $(READY)
	@scripts/set-up-browser --required
	@$(VENV)/bin/python scripts/screenshots

check: lint types arrows migrations

lint: $(READY)
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --quiet --check
	@echo 'lint: well'

types: $(READY)
	@$(CHECKING) $(VENV)/bin/mypy --no-error-summary
	@echo 'types: well'

arrows: $(READY)
	@found=$$($(VENV)/bin/lint-imports --no-logo) || { echo "$$found"; exit 1; }
	@echo 'arrows: well'

migrations: $(READY)
	@$(CHECKING) $(VENV)/bin/certremoval makemigrations --check --dry-run

PIP_COMPILE = CUSTOM_COMPILE_COMMAND='make lock' $(VENV)/bin/pip-compile --quiet --no-config --generate-hashes \
	--allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(if $(UPGRADE),--upgrade)

lock: $(READY)
	@$(PIP_COMPILE) --extra postgres --output-file requirements.txt pyproject.toml
	@$(PIP_COMPILE) --extra celery --extra postgres --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt pyproject.toml
	@echo 'lock: requirements.txt and requirements-dev.txt are written'

clean:
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
