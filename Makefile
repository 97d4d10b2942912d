# make run: the app.  make test: all tests (those in a browser need Chromium).  Both set up .venv first;
# Python 3.11 or later is all they need.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

# Three at a time on two cores, as a browser test waits for half of its time; a file at a time, as what
# its tests share is made once a file; in the order of tests/conftest.py.
IN_PARALLEL := -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: run test lint format screenshots models clean-models clean

run: .venv/app
	$(BIN)/streamlit run streamlit_app.py

test: .venv/dev lint
	$(BIN)/pytest $(IN_PARALLEL)

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The README's pictures, from the running app; needs Chromium.
screenshots: .venv/dev
	$(BIN)/python -m tests.browser.screenshots docs

# The trained models that ship, anew, in hours. What was stopped goes on, what is done stays: clean-models first.
models: .venv/app
	$(BIN)/python -m fmnist reproduce --into models sprint quality compact marathon everyday student
	$(BIN)/python -m fmnist reproduce --into models

clean-models:
	rm -rf models/*/

clean:
	rm -rf .venv .pytest_cache .ruff_cache

.venv/app: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev: requirements-dev.txt .venv/app
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
