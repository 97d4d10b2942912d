# make run: the app.  make test: the tests (those in a browser need Chromium).  Both set up .venv first.
# Python 3.11, 3.12 or 3.13 is all that they need; PYTHON=... names another one than they find.

# Tried, as pyenv puts commands on the path that do not run.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13; do \
	$$python -c "" 2>/dev/null && echo $$python && exit; done; echo python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Three at a time on two cores, as a browser test waits for half of its time; a file at a time, as what its
# tests share is made once a file, and all with a browser in one; in the order of tests/conftest.py.
IN_PARALLEL := -n 3 --dist loadfile --no-loadscope-reorder

PYTHONS := 3.11 3.12 3.13
ON_EACH_PYTHON := $(addprefix tests/,test_packaging.py test_rooms.py app/test_pages.py cli/test_command_line.py \
	inference/test_prediction.py jobs/test_worker.py model_files/test_importer.py training/test_trainer.py)

.SECONDARY: # or make deletes the `ready` of each Python

.PHONY: run test test-slow fuzz test-jax test-install test-pythons lint lint-app format lock docs screenshots models clean-models clean

run: .venv/app
	$(BIN)/streamlit run streamlit_app.py

test: .venv/dev lint
	$(BIN)/pytest $(IN_PARALLEL)

# Those that take long: lessons replayed, exports loaded again, processes killed, installed or measured.
test-slow: .venv/dev
	$(BIN)/pytest -m slow

# 2,000 damaged and hostile files and links, made at random, others each time: each must end in an answer or a
# sentence. Half an hour on two busy cores; FUZZ=20000 tries more.
FUZZ := 2000
fuzz: .venv/dev
	FMNIST_FUZZ=$(FUZZ) $(BIN)/pytest -m slow $(IN_PARALLEL) tests/fuzz

# The tests that need JAX, which nothing else does; it is put beside what .venv has.
test-jax: .venv/jax
	PYTHONPATH=.venv/jax $(BIN)/python -m pytest -k "jax or test_devices" tests/training/test_flagship.py tests/training/test_devices.py

# `pip install .` in a new environment, without TensorFlow and Streamlit, tried in another folder.
test-install:
	"$(PYTHON)" -m venv --clear .venv/installed
	.venv/installed/bin/python -m pip install --quiet --disable-pip-version-check .
	cd "$$(mktemp -d)" && "$(CURDIR)/.venv/installed/bin/fmnist" predict "$(CURDIR)/docs/phone.png"

# A part of the tests, with the locked versions, on each Python that the package is for; `make
# test-python-3.12` takes one. An environment each, TensorFlow and all: a few minutes and 2 GB.
test-pythons: $(PYTHONS:%=test-python-%)

test-python-%: .venv/python%/ready
	.venv/python$*/bin/python -m pytest -m "slow or not slow" $(IN_PARALLEL) $(ON_EACH_PYTHON)

lint: .venv/dev lint-app
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy --no-error-summary

# The app's JavaScript, HTML and CSS, where npm can install Biome, which is one program without plugins
# for all three; FMNIST_NODE=required makes it an error if it cannot.
BIOME := node_modules/.bin/biome

lint-app:
	@if command -v npm >/dev/null && $(MAKE) -s $(BIOME); \
	then $(BIOME) check --error-on-warnings; \
	else echo "JavaScript, HTML and CSS are not linted: npm is missing or cannot install Biome."; \
		test "$$FMNIST_NODE" != required; fi

$(BIOME): package-lock.json
	npm ci --silent --no-audit --no-fund
	touch $@

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	if command -v npm >/dev/null && $(MAKE) -s $(BIOME); then $(BIOME) check --write; fi

# The exact versions of all that pyproject.toml asks for. What is locked stays, where it still fits:
# delete a line, or the file, for a later version.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --custom-compile-command "make lock"

lock: .venv/dev
	$(LOCK) pyproject.toml --extra all --output-file requirements.txt
	$(LOCK) pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	$(LOCK) pyproject.toml --extra jax --constraint requirements.txt --output-file requirements-jax.txt
	printf '%s\n' '# Fails at once, with the reason, on a Python that is too new for TensorFlow.' \
		'./ ; python_version >= "3.14"' >> requirements.txt
	tail -n 2 requirements.txt >> requirements-dev.txt

# The README's pictures, from the running app; needs Chromium.
screenshots: .venv/dev
	$(BIN)/python -m tests.browser.screenshots docs

# The documentation as a site, in site/: docs/_site/build.py. It needs no internet, nor does what it builds.
docs: .venv/dev
	PYTHONPATH=. $(BIN)/python docs/_site/build.py site

# Trains the models that ship again, in hours. It continues what was stopped and keeps what is done: clean-models first.
models: .venv/app
	$(BIN)/python -m fmnist reproduce --into models feather sprint mile quality compact marathon ensemble everyday student
	$(BIN)/python -m fmnist reproduce --into models

# All but flagship, which needs a GPU.
clean-models:
	rm -rf $(filter-out models/flagship/,$(wildcard models/*/))

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache

TOO_OLD_OR_NEW := Python 3.11, 3.12 or 3.13 is needed, as TensorFlow has no build for others; this is

.venv/app: requirements.txt
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("$(TOO_OLD_OR_NEW) %d.%d." % v)'
	"$(PYTHON)" -m venv .venv
	$(PIP) -r requirements.txt
	touch $@

.venv/dev: requirements-dev.txt .venv/app
	$(PIP) -r requirements-dev.txt
	touch $@

.venv/jax: requirements-jax.txt .venv/dev
	grep -E '^(jax|jaxlib|scipy)==' $< | $(PIP) --no-deps --target $@ -r /dev/stdin
	touch $@

.venv/python%/ready: requirements-dev.txt
	mkdir -p .venv
	@PYENV_VERSION=$* python$* -c "" || { echo "This machine has no Python $*."; exit 1; }
	PYENV_VERSION=$* python$* -m venv .venv/python$*
	.venv/python$*/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
