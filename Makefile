# Huotong 货通. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

PYTHON ?= python3
PORT ?= 8000
TRADE ?=
SERVICE ?= pypi
BENCH ?=
PYTEST ?= -n auto --dist loadfile

VENV := .venv
BIN := $(VENV)/bin
COMPOSE := docker compose --env-file var/compose.env

# A stamp carries the hash of what it stands for, and is made last: what was half done is done again.
hash_of = $(shell cat $(1) 2>/dev/null | sha256sum | cut -c 1-16)
RUN_STAMP := $(VENV)/.installed-$(call hash_of,requirements.txt pyproject.toml)
DEV_STAMP := $(VENV)/.installed-dev-$(call hash_of,requirements.txt pyproject.toml requirements-dev.txt)
PEERS := var/peers
PEERS_REQUIREMENTS := tests/benchmarks/peers/requirements
PEERS_STAMP := $(PEERS)/.installed-$(call hash_of,$(PEERS_REQUIREMENTS).txt)
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

##@ Use

.PHONY: help
help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

.PHONY: run
run: $(RUN_STAMP) ## Start the embedded runtime with a demo company (PORT=8000)
	@exec $(BIN)/python -m services run-embedded --port $(PORT)

.PHONY: up
up: ## Start the distributed runtime by Docker Compose
	@if ! docker info >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
	  echo "Docker with Compose does not run here. The same set as local processes: make up-local" >&2
	  exit 1
	fi
	$(PYTHON) -m deploy.docker.passwords var/compose.env
	# The broker reads it inside its container, as a user of its own.
	chmod a+r deploy/rabbitmq/rabbitmq.conf
	$(COMPOSE) up --build --detach --wait
	$(COMPOSE) run --rm --no-deps demo
	echo "Huotong runs on http://localhost:$(PORT)   API docs: http://localhost:$(PORT)/docs   make down stops it"
	echo "Sign in with a role, such as salesperson, and the password huotong-demo (unless var/compose.env says another)."
up: export HUOTONG_PORT = $(PORT)

.PHONY: up-local
up-local: servers $(RUN_STAMP) ## Start the distributed runtime as local processes; Ctrl-C stops it
	@exec $(BIN)/python -m services up-local --port $(PORT)

.PHONY: down
down: ## Stop what `make up` started; its data stays
	@if docker info >/dev/null 2>&1; then
	  $(COMPOSE) down
	else
	  echo "Docker does not run here; \`make up-local\` is stopped by Ctrl-C where it runs."
	fi

##@ Work on it

.PHONY: test
test: servers lint ## Check and test everything but the longest (TRADE=FILE also replays a real week)
	@$(BIN)/python -m pytest -m "not full" $(PYTEST)
test test-full: export HUOTONG_TRADE = $(if $(TRADE),$(abspath $(TRADE)))

.PHONY: test-full
test-full: servers lint ## Check and test everything, however long it takes
	@$(BIN)/python -m pytest $(PYTEST)

.PHONY: test-faults
test-faults: servers $(DEV_STAMP) ## Break every part while a company trades: about an hour, a table at the end
	@HUOTONG_FAULTS_FULL=1 $(BIN)/python -m pytest tests/faults $(PYTEST)

.PHONY: test-unit
test-unit: $(DEV_STAMP) ## Run the tests that need no server
	@$(BIN)/python -m pytest -m "not full and not servers" $(PYTEST)

.PHONY: lint
lint: $(DEV_STAMP) ## Check style, types and import rules
	@$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet || { echo "Not formatted; \`make format\` does it." >&2; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(DEV_STAMP) ## Format the code and mend what can be mended by itself
	@$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

.PHONY: bench
bench: servers $(RUN_STAMP) ## Measure how fast it is (BENCH="accepted lives ..." chooses, and gives options)
	@$(BIN)/python -m tests.benchmarks $(BENCH)

.PHONY: bench-peers
bench-peers: servers $(RUN_STAMP) $(PEERS_STAMP) ## Measure it beside Tryton 7.0, which gets an environment of its own
	@$(BIN)/python -m tests.benchmarks peers $(BENCH)

##@ Keep it up

.PHONY: servers
servers: ## Install RabbitMQ's and PostgreSQL's programs where they are missing
	@deploy/local/install-servers

# Hashes are those of the public index, whatever index or folder this machine's pip is set to.
.PHONY: requirements
requirements: export PIP_CONFIG_FILE = /dev/null
requirements: ## Pin anew what the requirements' .in files ask for
	@deploy/local/make-venv $(PYTHON) var/pip-tools
	unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL
	var/pip-tools/bin/pip install --quiet --disable-pip-version-check pip-tools
	for name in requirements requirements-dev $(PEERS_REQUIREMENTS); do
	  var/pip-tools/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe \
	    --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    --output-file $$name.txt $$name.in
	done

# In an environment of its own, so that nothing it needs comes into ours. What could not be looked up fails it too.
.PHONY: audit-dependencies
audit-dependencies: export PIP_DISABLE_PIP_VERSION_CHECK = 1
audit-dependencies: ## Look up the pinned dependencies among known vulnerabilities (needs PyPI or SERVICE=osv)
	@deploy/local/make-venv $(PYTHON) var/pip-audit
	var/pip-audit/bin/pip install --quiet pip-audit
	found=0
	for file in requirements.txt requirements-dev.txt; do
	  var/pip-audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
	    --vulnerability-service $(SERVICE) --requirement $$file || found=1
	done
	exit $$found

.PHONY: clean
clean: ## Remove the virtual environment and what tools left (data under var/ stays)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

$(RUN_STAMP):
	@echo "Preparing the virtual environment in $(VENV) ..."
	deploy/local/make-venv $(PYTHON) $(VENV)
	$(PIP_INSTALL) --no-deps --require-hashes --requirement requirements.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV_STAMP): $(RUN_STAMP)
	@echo "Adding the tools for tests and checks ..."
	$(PIP_INSTALL) --no-deps --require-hashes --requirement requirements-dev.txt
	rm -f $(VENV)/.installed-dev-*
	touch $@

$(PEERS_STAMP):
	@echo "Preparing the peers' environment in $(PEERS) ..."
	deploy/local/make-venv $(PYTHON) $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  --requirement $(PEERS_REQUIREMENTS).txt
	touch $@
