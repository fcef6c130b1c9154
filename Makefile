# Each target makes .venv by itself; it needs git, make and Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Hundreds of processes are started: none compiles again what another one has.
unexport PYTHONDONTWRITEBYTECODE
# Tried again with the system's certificates: the networks of many offices have one of their own.
SYNC := VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/uv sync --frozen --inexact --quiet --active

.PHONY: run chat test quick check bench clean

run: $(VENV)/ready
	$(BIN)/python bot.py run

chat: $(VENV)/ready
	$(BIN)/python bot.py chat

# Much of it waits for disks and timers: more processes than cores.
test: quick
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder -m "slow or browser"

quick: $(VENV)/ready
	$(BIN)/python -m pytest --numprocesses 3 --dist worksteal -m "not slow and not browser"

check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python bot.py check

bench: $(VENV)/ready
	$(BIN)/python -m bench

$(VENV)/ready: pyproject.toml uv.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(SYNC) || UV_SYSTEM_CERTS=true $(SYNC)
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
