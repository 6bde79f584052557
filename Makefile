# Every target that needs the environment makes it first; nothing here needs root, a database server or Node
# (where the machine has none, webui/delivery takes one from PyPI).
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
# Tests start many programs; each would compile zc anew where the machine asks for no bytecode.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test check soak bench docs clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 16

setup: .venv/ready ## the environment in .venv and the browser files in webui/assets (Python 3.11, PyPI and npm's registry)

.venv/ready: setup.py webui/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "python3-venv is missing: on Debian, apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off -e '.[dev]'
	$(BIN)/python webui/delivery
	@touch .venv/ready

demo: .venv/ready ## a site of its own under data/demo with simulated stations; prints the link to look at
	$(BIN)/python zc.py demo

test: check ## everything that must hold, under ten minutes; WORKERS=4 where there are more cores
	$(BIN)/python -m pytest -q -m 'not soak' -n $(WORKERS) --dist worksteal

check: .venv/ready ## ruff, mypy, import-linter, eslint, tsc, the rules of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python webui/delivery check
	$(BIN)/python -m pytest -q tests/house

soak: .venv/ready ## long trials: kill -9, full disk, reloads, fuzzing, a siege, a peak, a report on paper; resumable, pieces under 30 minutes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off -e '.[dev,soak]'
	$(BIN)/python -m pytest -q -m soak --timeout 1800 tests/soak

bench: .venv-bench/ready ## figures beside peers and limits, as ratios of one run; about half an hour
	.venv-bench/bin/python zc.py bench intake
	.venv-bench/bin/python zc.py bench validate
	.venv-bench/bin/python zc.py bench reload
	.venv-bench/bin/python zc.py bench pages --records 500000
	.venv-bench/bin/python zc.py bench analytics --records 500000 --rounds 3
	.venv-bench/bin/python zc.py bench report --records 500000

.venv-bench/ready: setup.py
	@$(PYTHON) -m venv .venv-bench || { echo "python3-venv is missing: on Debian, apt-get install python3-venv"; exit 1; }
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --progress-bar off -e '.[bench]'
	@touch .venv-bench/ready

docs: .venv/ready ## the generated reference, into docs/reference
	$(BIN)/python zc.py docs

clean: ## what make setup and the demo made
	rm -rf .venv .venv-bench data/demo build *.egg-info
