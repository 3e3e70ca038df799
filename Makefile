# Every target calls `python3 -m scripts <command>`; see scripts/README.md.
PYTHON ?= python3

.PHONY: help setup
help:
	@$(PYTHON) -m scripts help
setup:
	@$(PYTHON) -m scripts setup
