# Every target calls `python3 -m scripts <command>`; scripts/README.md says more.
PYTHON ?= python3
SCRIPTS = $(PYTHON) -m scripts
PORT ?= 8069
ADDON ?=
PYTEST_ARGS ?=
PACK ?=
CHECK ?=
FIX ?=

.PHONY: help setup run test lint bench scenario dist shots coverage-table stop clean

help:
	@$(SCRIPTS) help

setup:
	@$(SCRIPTS) setup

run:
	@$(SCRIPTS) run $(PORT)

test:
	@$(SCRIPTS) test $(addprefix --addon=,$(ADDON)) --pytest-args='$(PYTEST_ARGS)'

lint:
	@$(SCRIPTS) lint $(if $(FIX),--fix)

bench:
	@$(SCRIPTS) bench

bench-%:
	@$(SCRIPTS) bench $*

scenario:
	@$(SCRIPTS) scenario $(if $(PACK),'$(PACK)')

dist:
	@$(SCRIPTS) dist

shots:
	@$(SCRIPTS) shots

coverage-table:
	@$(SCRIPTS) coverage-table $(if $(CHECK),--check)

stop:
	@$(SCRIPTS) stop

clean:
	@$(SCRIPTS) clean
