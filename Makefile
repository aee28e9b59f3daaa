# The two commands that everybody needs: make demo, make test. The rest: make help.
PYTHON ?= python3
OUT ?= out

venv := .venv
peers := .venv-peers
python := $(venv)/bin/python
# With hashes for everything; quiet, because pip's own words hide ours.
pip_install := -m pip install --quiet --disable-pip-version-check --require-hashes

.DELETE_ON_ERROR:
.PHONY: help setup system demo test bench conformance torture corpus screenshots lock reference clean

help:  ## says what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(venv)/.project  ## prepares .venv and the system libraries

demo: setup  ## sample engagement: evidence, scores, plan, PDFs in out/, then the window
	$(venv)/bin/colonnade demo $(OUT)

test: export QT_QPA_PLATFORM = offscreen
test: $(venv)/.dev  ## everything that CI checks
	$(venv)/bin/ruff check
	$(venv)/bin/ruff format --check
	$(venv)/bin/mypy
	$(venv)/bin/lint-imports --no-logo
	$(python) -m pytest -n 2 --dist loadfile

bench: $(venv)/.dev $(peers)/.peers  ## figures: name, ratio, target; lower is better
	@$(python) tests/bench/bench.py

KILLS ?= 300
torture: $(venv)/.dev  ## kills KILLS processes at work, and looks whether anything that was told is missing
	@PYTHONPATH=. $(python) tests/torture/torture.py $(KILLS)

conformance: $(venv)/.dev  ## every kind of report against PDF/UA-1; needs Java and Maven
	@$(python) tests/conformance/conformance.py

corpus: $(venv)/.project  ## every file of CORPUS=DIR against its manifest.csv
	@$(python) tests/bench/corpus.py "$(CORPUS)"

screenshots: $(venv)/.dev  ## the window, light and dark, in out/screenshots
	@command -v xvfb-run >/dev/null || { echo "Screenshots need xvfb-run: sudo apt-get install -y xvfb xauth"; exit 1; }
	xvfb-run --auto-servernum --server-args "-screen 0 1920x1200x24" $(python) tests/gui/screenshots.py $(OUT)/screenshots

# The dev and peers locks rest on the runtime pins. make lock UV=uv where .venv-peers cannot be had.
UV ?= $(peers)/bin/uv
compile := $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links
locks := packaging/requirements
lock: $(if $(filter $(peers)/%,$(UV)),$(peers)/.peers)  ## brings the three lock files up to date with pyproject.toml
	$(compile) --group build pyproject.toml --output-file $(locks).lock
	$(compile) --group pyproject.toml:dev --constraints $(locks).lock --output-file $(locks)-dev.lock
	$(compile) --group pyproject.toml:peers --constraints $(locks).lock --constraints $(locks)-dev.lock \
		--output-file $(locks)-peers.lock

reference: $(venv)/.project  ## writes questionnaires/reference anew from the content
	$(python) -m questionnaires.reference

clean:  ## removes what was made, but neither .venv nor .venv-peers
	rm -rf out build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find app questionnaires scoring reports assets tests -name __pycache__ -prune -exec rm -rf {} +

# How the environments come about. A stamp is younger than what it was made from, so the second time costs nothing.
define new_venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Colonnade needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1 | tail -n 1)." \
		     "Name another one: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module. On Debian and Ubuntu: sudo apt-get install -y python3-venv" >&2; exit 1; }
	@echo "Preparing $(1) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(1)
endef

$(python):
	$(call new_venv,$(venv))

# Checked every time: the libraries of a machine come and go without the environment knowing.
system: | $(python)
	@packaging/system-packages $(python)

$(venv)/.runtime: packaging/requirements.lock | $(python) system
	@echo "Installing Python packages (about 150 MB to fetch, once)"
	@$(python) $(pip_install) --requirement $<
	@touch $@

# The project itself: no dependencies, nothing fetched, built with the pinned setuptools.
$(venv)/.project: pyproject.toml $(venv)/.runtime | system
	@$(python) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(venv)/.dev: packaging/requirements-dev.lock $(venv)/.project | system
	@echo "Installing development tools"
	@$(python) $(pip_install) --requirement $<
	@touch $@

$(peers)/bin/python:
	$(call new_venv,$(peers))

$(peers)/.peers: packaging/requirements-peers.lock | $(peers)/bin/python
	@echo "Installing the tools to compare with"
	@$(peers)/bin/python $(pip_install) --requirement $<
	@touch $@
