# Every verb of the repository. `make help` lists them; python >= 3.11 and make are enough.
PORT ?= 8000
SITE_URL ?= http://localhost:$(PORT)
PYTHON_ENV := .venv/bin/python
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

.PHONY: help run test engine check fuzz fuzz-frames mutants simulate drills soak bench load schemathesis compiled stack fix clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: ## the whole site in one process at http://localhost:8000 (PORT=, ARGS="--no-demo")
	@scripts/venv.sh run
	@SITE_URL="$(SITE_URL)" exec $(PYTHON_ENV) manage.py serve --port $(PORT) $(ARGS)

test: ## the whole test suite (ARGS="tests/ledger -k transfer"); DATABASE_URL and REDIS_URL are used when set
	@scripts/venv.sh test
	@exec $(PYTHON_ENV) scripts/run_tests.py $(ARGS)

engine: ## the engine's own tests, without Django, in a few seconds (ARGS="-k auction")
	@scripts/venv.sh test
	@PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 exec $(PYTHON_ENV) -m pytest -c tests/engine/alone.ini tests/engine $(ARGS)

check: ## formatting, lint, types, layers, templates, JavaScript, Django's own checks
	@scripts/venv.sh test
	@exec $(PYTHON_ENV) scripts/check.py

fix: ## format the Python code and mend what ruff can mend
	@scripts/venv.sh test
	@$(PYTHON_ENV) -m ruff check --fix --quiet .
	@$(PYTHON_ENV) -m ruff format .

fuzz: ## random commands to the engine and to the reference, on from the last (ARGS="--seeds 0 5000")
	@scripts/venv.sh test
	@exec $(PYTHON_ENV) -m tests.engine.fuzz $(ARGS)

fuzz-frames: ## a million frames of the live feed that no client should send (ARGS="--format proto")
	@scripts/venv.sh test
	@$(PYTHON_ENV) -m pip install --quiet --only-binary=:all: atheris==3.0.0
	@exec $(PYTHON_ENV) -m tests.realtime.fuzzing $(ARGS)

mutants: ## change the engine in one place at a time: do its tests notice? (ARGS="exposure"; an hour)
	@scripts/venv.sh test
	@exec $(PYTHON_ENV) scripts/mutants.py $(ARGS)

simulate: ## the whole exchange under faults, seed by seed, on from the last (ARGS="--seeds 0 2000", "--mutations")
	@scripts/venv.sh test
	@exec $(PYTHON_ENV) -m tests.simulation $(ARGS)

drills: ## a whole site under load that loses its parts: 1,000 faults in all (ARGS="--short", ARGS="--seed 7")
	@scripts/venv.sh test
	@exec $(PYTHON_ENV) -m tests.drills $(ARGS)

soak: ## an hour of trading, and whether the memory of each process stays flat (DRILL_SOAK_S=3600)
	@scripts/venv.sh test
	@DRILL_FULL=1 DRILL_SOAK_S=$${DRILL_SOAK_S:-3600} exec .venv/bin/pytest tests/drills/test_soak.py -m drill -s -q

bench: ## how fast the engine is, and an order to its answer (ARGS="engine --quick", ARGS="ack --orders 9")
	@scripts/venv.sh test
	@$(PYTHON_ENV) -m benchmarks $(ARGS)

schemathesis: ## generated requests against a site of its own: does the API keep to its description? (ARGS="--minutes 2")
	@scripts/venv.sh test
	@$(PYTHON_ENV) -m benchmarks.conformance $(ARGS)

load: ## the load test of the whole path on local PostgreSQL and Redis (ARGS="--quick")
	@scripts/venv.sh test
	@exec $(PYTHON_ENV) -m benchmarks.load $(ARGS)

compiled: ## the engine compiled by mypyc in var/compiled, tested as the pure one is (needs gcc)
	@scripts/venv.sh test
	@$(PYTHON_ENV) scripts/compile_engine.py var/compiled
	@PYTHONPATH=var/compiled:. .venv/bin/pytest tests/engine -q -p no:cacheprovider $(ARGS)

stack: ## the production processes on local PostgreSQL and Redis (PORT=)
	@scripts/venv.sh test
	@SITE_URL="$(SITE_URL)" PORT="$(PORT)" exec $(PYTHON_ENV) scripts/stack.py

clean: ## remove .venv and caches; the data in var/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
