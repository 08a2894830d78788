# Everything sets itself up in .venv; needs Python 3.11 to 3.13 and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo test test-all lint types shapes imports conformance bench check clean

help:
	@echo "make demo         set up, start the server, run three unmodified programs against it"
	@echo "make test         the tests that every change must pass"
	@echo "make test-all     those and the slow ones"
	@echo "make check        lint, types, import rules, tests, conformance: what CI runs"
	@echo "make lint | types | imports | conformance | bench"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
		|| { echo "Outcrop needs Python 3.11 to 3.13; set PYTHON=python3.11 (have: $$($(PYTHON) -V))"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all]' --group dev
	@touch $(READY)

demo: $(READY)
	$(BIN)/python -m demo

test: $(READY) shapes
	$(BIN)/python -m pytest -m "not slow"

test-all: $(READY) shapes
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z | xargs -0 $(BIN)/codespell

shapes: $(READY)
	$(BIN)/python tools/generate_shapes.py

types: shapes
	$(BIN)/pyright
	$(BIN)/pyright --project src/outcrop/jobs/runtimes/programs

imports: $(READY)
	$(BIN)/lint-imports

conformance: $(READY)
	$(BIN)/python -m conformance

bench: $(READY)
	$(BIN)/python -m benchmarks

check: lint types imports test conformance

clean:
	rm -rf .venv
