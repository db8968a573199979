# One line a target. `make demo` and `make test` do all the set-up on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= auto
STATEMENTS := benchmarks/statements
ON_DATASETTE := browse gate login probes_hostile probes_stock questions serve

.PHONY: demo test test-datasette-1 test-long lint audit soak docs docs-check catalogues starter-model bench bench-themes clean

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[all]"
	touch $@

.venv/developing: .venv/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	touch $@

demo: .venv/installed
	$(BIN)/advocacy-monitor demo --fresh

test: .venv/developing
	$(BIN)/python -m pytest -n $(WORKERS) -m "not long"

# The desk on the coming line of Datasette. It has an environment of its own; the versions of constraints.txt are of 0.65.
.venv-datasette-1/installed: pyproject.toml
	$(PYTHON) -m venv .venv-datasette-1
	.venv-datasette-1/bin/python -m pip install --quiet --upgrade pip
	.venv-datasette-1/bin/python -m pip install --quiet --editable ".[all]" --group dev "datasette>=1.0a41,<2"
	touch $@

# What touches Datasette: the gate, its pages, rights, questions. Our own pages are the same application on both lines.
test-datasette-1: .venv-datasette-1/installed
	.venv-datasette-1/bin/python -m pytest -n $(WORKERS) -m "not long" $(addprefix tests/desk/test_,$(addsuffix .py,$(ON_DATASETTE)))

test-long: .venv/developing
	$(BIN)/python -m pytest -n $(WORKERS) -m long --timeout 3600
	ADVOCACY_MONITOR_SCHEDULES=300 $(BIN)/python -m pytest -n $(WORKERS) -k random_schedules --timeout 3600

lint: .venv/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tests benchmarks
	$(BIN)/lint-imports

# The real daemon for 45 minutes against platforms that fail, with a crowd at the form and a kill each half minute.
soak: .venv/developing
	$(BIN)/python -m tests.soak.run_soak --minutes 45

# Weaknesses: in our code, and known ones of what we depend on. Tells how many dependencies nobody could be asked about.
audit: .venv/developing
	$(BIN)/bandit --quiet --recursive -ll --configfile pyproject.toml src
	$(BIN)/python -m tests.advisories constraints.txt

docs: .venv/developing
	PYTHONHASHSEED=0 COLUMNS=100 $(BIN)/cog -r docs/reference/*.md

docs-check: .venv/developing
	PYTHONHASHSEED=0 COLUMNS=100 $(BIN)/cog --check --diff docs/reference/*.md

catalogues: .venv/installed
	$(BIN)/python -m advocacy_monitor.translate_catalogues

starter-model: .venv/developing
	rm -rf src/advocacy_monitor/classifier/starter_models
	$(BIN)/python -m advocacy_monitor.classifier.starter $(STATEMENTS)/apart.jsonl \
		--lessons $(STATEMENTS)/lessons.jsonl --lessons $(STATEMENTS)/others.jsonl

bench-themes: .venv/developing
	$(BIN)/python benchmarks/themes.py --statements $(STATEMENTS)/apart.jsonl

bench: .venv/developing
	$(BIN)/python benchmarks/ingest.py
	$(BIN)/python benchmarks/sources.py
	$(BIN)/python benchmarks/enrichment.py
	$(BIN)/python benchmarks/duplicates.py
	$(BIN)/python benchmarks/packs.py
	$(BIN)/python benchmarks/form.py
	$(BIN)/python benchmarks/desk.py --rows 20000 200000

clean:
	rm -rf .venv .venv-datasette-1 demo-campaign build dist
