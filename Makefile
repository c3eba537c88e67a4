# make run    set up what is missing, run the scenarios of the figures, print their ladders, write a report of them
# make test   the same set-up, what the tests need beside it, then every check
# make check  the quick round before a commit: style, types, import contracts, tests
# make bench  costs side by side, as ratios
# make docs   the pages that are made from the code

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up
JOBS   ?= 2
CAPTURES := .captures

.PHONY: run test check style types contracts tests scenarios pjsua2 registrar bench tools docs

run: $(STAMP)
	$(BIN)/val run scenarios/figures -v --report reports/last

test: $(STAMP) tools style types contracts tests scenarios pjsua2

check: $(STAMP) style types contracts tests scenarios

$(STAMP): setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "val needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 3; }
	@test -x $(BIN)/python || { echo "Making $(VENV) ..."; $(PYTHON) -m venv $(VENV) \
	    || { echo "No venv module: sudo apt-get install python3-venv, then run make again"; exit 3; }; }
	@echo "Installing the project and what it needs (once, a minute or so) ..."
	@$(BIN)/pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

# SIPp, tshark and Chromium stand in the tests as witnesses that are not ours; a store is tested against PostgreSQL.
tools:
	@.ci/tools

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

tests:
	$(BIN)/pytest tests -n $(JOBS) --dist loadgroup

scenarios:
	rm -rf $(CAPTURES)
	$(BIN)/val run scenarios --pcap $(CAPTURES)
	@if [ -n "$$VAL_NO_SKIP" ] || command -v tshark >/dev/null; then $(BIN)/python -m tests.witness.captures $(CAPTURES); fi
	$(BIN)/python -m tests.witness.alarms $(CAPTURES)

# Scenarios with phones whose SIP stack is not ours: here those to which it can make a difference, while
# `val run --engine pjsua2` plays all. PyPI has its wheel for some machines only.
FOREIGN := figures faults messaging publication services registration/again.yaml registration/ending.yaml \
           registration/identities.yaml registration/refused.yaml registration/misconduct.yaml
pjsua2:
	@if $(BIN)/python -c 'import pjsua2' 2>/dev/null; \
	then $(BIN)/val run $(addprefix scenarios/,$(FOREIGN)) --engine pjsua2; \
	else echo "pjsua2-python is not installed, so the scenarios are not played with it."; fi

# Every state of the registrar with every input: what it does, and the tests that reach it.
registrar: $(STAMP)
	$(BIN)/pytest tests/sipcore_stub/scscf/test_registering.py -q -s -k every_row

# What is read on paper or by an editor, and a test holds against the code.
docs: $(STAMP)
	$(BIN)/val doctor --list --markdown > docs/doctor.md
	$(BIN)/val settings --markdown > docs/settings.md
	$(BIN)/val steps --markdown > docs/steps.md
	$(BIN)/val steps --schema > docs/scenario.schema.json
	$(BIN)/val steps --lab-schema > docs/lab.schema.json
	$(BIN)/val compare --schema > docs/report.schema.json
	$(BIN)/val load --schema > docs/load.schema.json

bench: $(STAMP)
	@for name in $$(cd bench && ls *.py | grep -v __init__ | sed 's/\.py$$//'); do $(BIN)/python -m bench.$$name || exit 1; done
