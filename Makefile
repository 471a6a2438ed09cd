# What a developer does: `make test`, `make demo`. Everything happens in .venv, made on first use.

.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Run, not merely found: a version manager's shim may exist for an interpreter that is not there.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
WORKERS ?= 2

# One of the packages that deliveries are measured against needs Python 3.12.
BENCH := .venv-bench
BENCH_PYTHON ?= $(shell for python in python3.13 python3.12 $$HOME/.pyenv/versions/3.1[23].*/bin/python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$python && break; done)

.PHONY: help install test demo bench lint format clean

help:
	@echo "make test    run the fast test suite on an embedded PostgreSQL (or on DATABASE_URL)"
	@echo "make demo    run a contact centre with customers and agents on 127.0.0.1 (PORT, default 8000)"
	@echo "make bench   measure, each against its baseline (BENCH_ARGS=deliveries for one of them)"
	@echo "make lint    check style; make format mends it"
	@echo "make clean   remove .venv and the demo's data"

install: $(STAMP)

$(STAMP): setup.cfg pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed on PATH." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --upgrade pip
	$(BIN)/python -m pip install -qq --editable ".[dev]"
	touch $@

test: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) -m "not integration and not browser" $(PYTEST_ARGS)

demo: $(STAMP)
	@exec $(BIN)/python -m example_project.demo

bench:
	@test -n "$(BENCH_PYTHON)" || { echo "Python 3.12 or newer is needed; set BENCH_PYTHON." >&2; exit 1; }
	test -x $(BENCH)/bin/python || $(BENCH_PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install -qq --editable ".[benchmarks]"
	$(BENCH)/bin/python -m benchmarks $(BENCH_ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(BENCH) .data .tox build dist *.egg-info
