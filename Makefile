# Leerkring needs python3 (3.11 to 3.13, with venv), git and make; the rest it fetches itself, by hash.
# `make` alone tells what there is.

PY := .venv/bin/python
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)

.PHONY: help setup run test proof check lint fix bench mutants translations lock vendor runtime

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##\(.*\)/\1\t\2/p' Makefile | expand -t 16

setup: ## everything to work on the forum: the environment with the test tools, outside tools, translations
	@scripts/setup dev
	@$(PY) scripts/need.py
	@$(MAKE) --no-print-directory compiled

run: runtime ## the forum with its demo network on 127.0.0.1:8000 (PORT changes it); Ctrl-C ends it
	@FORUM_DEMO=1 FLASK_DEBUG=0 exec .venv/bin/flask start

test: setup ## everything that CI runs: check, both databases, browser
	@$(PY) scripts/suite.py

proof: setup ## what takes long: kills, walks, sweeps, mutants, on both databases (PROOF_SEED repeats a run)
	@$(PY) scripts/proof.py

check: lint ## format, lint, types, templates, translations: seconds
	$(PY) -m pytest -q -p no:xdist tests/rules/test_templates.py tests/rules/test_translations.py

lint: ## of these, format, lint and types, which no test looks at
	@scripts/setup dev
	@$(MAKE) --no-print-directory compiled
	$(PY) -m ruff format --check --quiet .
	$(PY) -m ruff check --quiet .
	$(PY) -m mypy --no-error-summary

fix: ## let the formatter and the linter mend what they can
	@scripts/setup dev
	$(PY) -m ruff check --fix --quiet .
	$(PY) -m ruff format --quiet .

bench: setup ## the benchmark: prints tables, writes bench/results/ (SIZES=10000,100000 fewer posts, BESIDE=dir to compare, DIGESTS=10000,100000 digests of so many members instead, SEARCH=1000000,100000 searching among so many posts in PostgreSQL and SQLite, PAIRS=1 a lesson and the workbench in times what they are made of)
	$(PY) -m $(if $(PAIRS),bench.pairs,$(if $(SEARCH),bench.searching --posts $(SEARCH),$(if $(DIGESTS),bench.digests --members $(DIGESTS),bench.run $(if $(SIZES),--sizes $(SIZES)) $(if $(BESIDE),--beside $(BESIDE)))))

mutants: setup ## plant small wrong changes in policy, verbs and mail and see that tests notice: half an hour (OPTIONS="--sample 20 --seed 7 forum/policy")
	@$(PY) scripts/mutants.py $(OPTIONS)

translations: ## collect the visible words and bring the catalogues up to date; then translate and commit them
	@scripts/setup dev
	$(PY) scripts/translations.py
	@$(MAKE) --no-print-directory compiled

lock: ## newer packages within the bounds of pyproject.toml (needs uv)
	scripts/lock

vendor: setup ## copy the vendored files out of node_modules again and write down their hashes
	$(PY) scripts/vendor.py
	$(PY) -m scripts.compound_parts

runtime: ## what serving needs, without the test tools
	@scripts/setup run
	@$(MAKE) --no-print-directory compiled

.PHONY: compiled
compiled: $(COMPILED)
	@:

%.mo: %.po
	@.venv/bin/pybabel --quiet compile --input-file=$< --output-file=$@
