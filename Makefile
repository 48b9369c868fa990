# Two commands: `make run` and `make test`. Everything else is for those who develop.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

export DO_NOT_TRACK = 1
# Python keeps what it has compiled: without, each command compiles a thousand modules.
unexport PYTHONDONTWRITEBYTECODE

SUPERSET := .venv-superset

# Pages for users; statements are the words of others.
TEXTS = README.md CHANGELOG.md $(wildcard docs/*.md) docs/bring docs/walks docs/reference

.PHONY: help superset test-superset run test test-quick pytest lint types test-search test-heavy drills bench docs docs-answers lock bundle clean

help:            ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# uv installs the lock in seconds where pip backtracks for minutes; it is itself installed from the package index.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else f"tradeplume needs Python 3.11 to 3.13, found {v[0]}.{v[1]}. Name another one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-uv.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# The first answer comes first; observed air follows, so that no page of the atlas is empty. Where it fails, the answer stays.
run: $(STAMP)    ## compute and publish the default edition (open-2017), then observed air quality (air-open)
	$(BIN)/tradeplume run
	@echo "The answer above stands. Now observed air quality (air-open), for its page of the atlas:"
	$(BIN)/tradeplume run --edition air-open --quiet

test: $(STAMP)   ## lint, types, import contract, tests
	$(MAKE) --no-print-directory -j 3 lint types pytest

# The tests of the default edition come first: one process computes it, and the other takes what is left from the end.
pytest: $(STAMP)
	$(BIN)/python -m pytest -m "not heavy" -n 2 --dist worksteal

test-quick: $(STAMP)  ## the tests of single functions, some three minutes: while working
	$(BIN)/python -m pytest -m "not heavy and not home and not slow" -n 2 --dist worksteal

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m tests.prose
	$(BIN)/python -m proselint --config .proselintrc.json --output-format compact check $(TEXTS)
	$(MAKE) --no-print-directory docs
	$(BIN)/python -m tests.sql_lint

types: $(STAMP)
	$(BIN)/mypy

test-search: $(STAMP)  ## properties on new random examples, which make test does not draw
	$(BIN)/python -m pytest -m "hypothesis and not heavy" -n 2 --hypothesis-profile search

test-heavy: $(STAMP)  ## full-size proofs, minutes to hours
	$(BIN)/python -m pytest -m heavy

drills: $(STAMP) ## operations at full length: kills, attacks, damage, a soak, a new year, SLURM (some hours)
	$(BIN)/python -m pytest tests/operations tests/cli/test_doctor.py tests/warehouse/test_locks.py --junitxml=.drills.xml; \
	failed=$$?; $(BIN)/python -m tests.drills .drills.xml; exit $$failed

lock: $(STAMP)   ## resolve the dependencies again
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --group dev pyproject.toml --output-file requirements.lock
	grep -A1000 '^uv==' requirements.lock | awk 'NR==1 || /^    --hash/ {print; next} {exit}' | sed '$$ s/ \\$$//' > requirements-uv.lock

bench: $(STAMP)  ## time and memory of the default edition (others: benchmarks/README.md)
	$(BIN)/python -m benchmarks.default_edition

docs: $(STAMP)   ## build the documentation as a site, strictly: site/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet

docs-answers: $(STAMP)  ## write the answers of docs/queries.md from the published file
	$(BIN)/python -m tests.queries $${TRADEPLUME_HOME:-var}/published/tradeplume.duckdb
	$(BIN)/python -m tests.notebook
	$(BIN)/python -m tests.assumptions

bundle: $(STAMP) ## rewrite the bundled tables from the originals in ../shared/data
	$(BIN)/python -m warehouse.bundle --from ../shared/data

# Superset needs older libraries than ours: an environment of its own.
$(SUPERSET)/.installed: bi/superset/requirements.lock $(STAMP)
	$(PYTHON) -m venv --clear $(SUPERSET)
	$(BIN)/uv pip install --quiet --python $(SUPERSET)/bin/python --require-hashes --requirement bi/superset/requirements.lock
	@touch $@

superset: $(SUPERSET)/.installed  ## Apache Superset on 127.0.0.1:8088 with the dashboard of bi/superset
	$(SUPERSET)/bin/python bi/superset/serve.py

test-superset: $(SUPERSET)/.installed  ## import the dashboard into a fresh Superset and run every chart
	$(BIN)/python -m pytest -m heavy tests/bi

clean:           ## remove the environment and all that runs made
	rm -rf $(VENV) $(SUPERSET) var
