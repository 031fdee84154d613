# Every verb sets up what it needs by itself. Only relative paths and `python -m`: the folder may have spaces in its name.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
RUN := .venv/bin/python -m
IF_SET_UP := test -x .venv/bin/python || { echo "Nothing is running here."; exit 0; };
MAKEFLAGS += --no-print-directory

.PHONY: help
help: ## list the verbs
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 24

.PHONY: setup
setup: ## make or refresh .venv (every other verb does it by itself)
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: install the Debian packages python3 and python3-venv, then run make again." >&2; exit 1; }
	@$(PYTHON) deploy/local/setup_venv.py

.PHONY: demo
demo: setup ## real incidents, answered by simulated phones, from report to the office's figures
	@$(RUN) deploy.local demo

.PHONY: up
up: setup ## start the stack, keep its data, stay until Ctrl-C (DETACH=1 returns when ready)
	@$(RUN) deploy.local up $(if $(DETACH),--detach)

.PHONY: load
load: setup ## load the programme dc_onse into the running stack: areas, contractors, policies
	@$(RUN) deploy.local load

.PHONY: down
down: ## stop the running stack
	@$(IF_SET_UP) $(RUN) deploy.local down

.PHONY: status
status: ## say what runs where
	@$(IF_SET_UP) $(RUN) deploy.local status

.PHONY: test
test: check ## everything: check, then all tests
	@$(RUN) pytest -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: check
check: setup ## style, types and architecture, without running anything
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@.venv/bin/python -c 'from importlinter.cli import lint_imports_command as lint; lint()'

.PHONY: unit contract integration stories architecture
unit: setup ## decisions alone, no database
	@$(RUN) pytest tests/unit
contract: setup ## events, schemas and interfaces as published
	@$(RUN) pytest tests/contract
integration: setup ## parts on real PostgreSQL and Kafka
	@$(RUN) pytest tests/integration
stories: setup ## whole stories over all services
	@$(RUN) pytest tests/stories
architecture: setup ## the rules that the code keeps
	@$(RUN) pytest tests/architecture

.PHONY: bench bench-dispatch bench-decision bench-sender bench-escalation bench-fairness bench-relay bench-intake bench-dedupe
bench: bench-dispatch bench-decision bench-sender bench-escalation bench-fairness bench-relay bench-intake bench-dedupe ## all benchmarks
bench-dispatch: setup ## from report to first webhook, beside a bare Kafka round trip; then the city's worst hour
	@$(RUN) tests.bench.dispatch
bench-decision: setup ## a decision about 2,000 people with its offers written, beside reading them alone
	@$(RUN) tests.bench.decision
bench-sender: setup ## signed webhooks per second from one core, beside httpx
	@$(RUN) tests.bench.sender
bench-escalation: setup ## how late the next person is asked after somebody's silence, with two engines; never early
	@$(RUN) tests.bench.escalation
bench-fairness: setup ## what receivers that hang cost the healthy ones; a client on which 100,000 calls gave up
	@$(RUN) tests.bench.fairness
bench-relay: setup ## 100,000 waiting events drain while reports go on, beside a bare producer
	@$(RUN) tests.bench.relay
bench-intake: setup ## durable reports a second, beside a SQLModel session per request, and beside pgbench
	@$(RUN) tests.bench.intake
bench-dedupe: setup ## how well reports of one event are told from those of two, on real times and places
	@$(RUN) tests.bench.dedupe

.PHONY: chaos soak soak-races
chaos: setup ## kill, stop, cut off and fill up whatever there is, and judge what became of every report (SEED=… MINUTES=…)
	@$(RUN) tests.chaos.run $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(RATE),--rate $(RATE)) \
	  $(if $(SELECTION),--selection $(SELECTION)) $(if $(TWIN),--twin $(TWIN))
soak: soak-races ## the races of soak-races, then half an hour of load in which no process's memory may keep growing (MINUTES=…)
	@$(RUN) tests.chaos.run --soak --minutes $(or $(MINUTES),30) $(if $(SEED),--seed $(SEED)) $(if $(RATE),--rate $(RATE))
soak-races: setup ## 20,000 races of answers, deadlines, endings and the desk; no rule may ever be broken (SEED=…)
	@$(RUN) tests.chaos.races $(if $(SEED),--seed $(SEED))

.PHONY: lock
lock: ## pin requirements/*.txt anew from requirements/*.in
	@$(PYTHON) -m venv .local/lock
	@.local/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@for name in runtime local; do \
	  .local/lock/bin/python -m uv pip compile --quiet --generate-hashes --no-emit-index-url --universal \
	    --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

.PHONY: clean
clean: ## remove .venv, caches and all local data (refuses while the stack runs)
	@$(PYTHON) deploy/local/clean.py
