# The commands of the project; `make help` lists them. Python 3.11 and make are all a machine needs to have.
# What a command does stands in Python (orchestration/); here it is only installed and called.

# The folder of this file, whatever folder make was called from (paths may hold spaces and quotes).
quoted = '$(subst ','\'',$(1))'
ROOT := $(shell cd "$$(dirname $(call quoted,$(strip $(MAKEFILE_LIST))))" && pwd)
# A relative path in a setting is seen from the caller's folder. `make -C` moves make away from it (and sets the flag w,
# unless told to be silent); then the shell's PWD still names it.
flags := $(firstword -$(MAKEFLAGS)) $(filter --no-print-directory,$(MAKEFLAGS))
CALLER := $(if $(or $(findstring w,$(flags)),$(findstring s,$(flags)),$(findstring --no,$(flags))),$(PWD),$(CURDIR))
PYTHON ?= python3.11

# Every setting (orchestration/settings.py) is a make variable too: LANDING=... is DUEBOOK_LANDING=...; HOME_DIR is
# DUEBOOK_HOME, because the shell already uses HOME.
SETTINGS := LANDING AS_OF KNOWN_AS_OF REPORTING_CURRENCY MAX_BAD_SHARE MAX_UNPACKED_GB MAX_GZIP_RATIO ACCEPT \
            MAX_STALENESS_DAYS CUSTOMERS_ARE SCHEDULE_TIME_ZONE FIRST_DAY THREADS MEMORY_LIMIT FULL POSTGRES_URL
$(foreach name,$(SETTINGS),$(if $(filter undefined,$(origin $(name))),,$(eval export DUEBOOK_$(name) = $$(value $(name)))))
ifdef HOME_DIR
export DUEBOOK_HOME = $(value HOME_DIR)
endif

in_root = cd $(call quoted,$(ROOT)) &&
# From the caller's folder, but with nothing of it on Python's path (-P).
run = cd $(call quoted,$(CALLER)) && PYTHONPATH=$(call quoted,$(ROOT)) $(call quoted,$(ROOT)/.venv/bin/python) -P -m

.DEFAULT_GOAL := help
.PHONY: help install refresh explain dashboard metrics docs dev test test-slow screenshots bench lint format clean clean-all

help:  ## List the commands.
	@$(in_root) echo "Usage: make <command> [SETTING=value ...]" && echo && \
	  sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}' && \
	  echo && echo "Settings, each also an environment variable with DUEBOOK_ in front (README.md says what they mean):" && \
	  echo "  HOME_DIR (DUEBOOK_HOME) $(SETTINGS)"

# $(call into,<environment>,<lock>,<how long it takes>): make the environment what the lock says, unless it is that.
into = $(in_root) if ! cmp -s $(2) $(1)/.installed.lock; then \
	  if ! $(1)/bin/python -m pip --version > /dev/null 2>&1; then \
	    command -v $(PYTHON) > /dev/null || { echo "Python 3.11 is needed; $(PYTHON) is not on the path (make PYTHON=/path/to/python3.11)."; exit 2; }; \
	    $(PYTHON) -m venv --clear $(1); \
	  fi && \
	  echo "Installing into $(1) (once; about $(3)) ..." && \
	  $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $(2) && \
	  cp $(2) $(1)/.installed.lock; \
	fi

install:  ## Install what requirements.lock names into .venv, when it is not there yet.
	@$(call into,.venv,requirements.lock,two minutes)

refresh: install  ## Load, build, check and publish; without LANDING on the embedded sample.
	@$(run) orchestration.refresh

dashboard: install  ## Build the dashboard of what is published and serve it on this machine (ARGS="--port 9000").
	@$(run) dashboard $(ARGS)

metrics: install  ## List the metrics, or ask for some: METRICS=dso,cei GROUP_BY=metric_time__month,segment (ARGS="--csv dso.csv").
	@$(run) orchestration.metrics $(if $(METRICS),query --metrics $(METRICS) --group-by $(or $(GROUP_BY),metric_time__month),list metrics) $(ARGS)

docs: install  ## Write the catalogue: marts, KPIs, raw contract, entities (docs/), and dbt's documentation as one file (in the home).
	@$(run) catalogue

# Options of `explain` as make variables; what isn't given is left to the command.
option = $(if $(value $(1)),--$(2) $(call quoted,$(value $(1))))

explain: install  ## Say how a figure came about: KPI=dso MONTH=2026-05 LEVEL=segment:retail (CUSTOMER=, TOP=, FORMAT=json).
	@$(run) explain $(call option,KPI,kpi) $(call option,MONTH,month) $(call option,LEVEL,level) \
	  $(call option,CUSTOMER,customer) $(call option,TOP,top) $(call option,FORMAT,format) $(call option,AS_OF,as-of)

dev: install  ## Open Dagster's UI (http://localhost:3000).
	@$(run) orchestration.dev

test: install  ## Run the default tests (ARGS="-k name" for some of them).
	@$(in_root) .venv/bin/python -m pytest $(ARGS)

test-slow: install  ## Run the slow tests: many random ledgers, many kills.
	@$(in_root) .venv/bin/python -m pytest -m slow $(ARGS)

screenshots: install  ## Take the screenshots README.md shows anew (needs Chromium).
	@$(in_root) .venv/bin/python -m pytest tests/browser/test_screenshots.py --screenshots docs/images $(ARGS)

# Not settings of Duebook: what `python -m benchmarks --help` explains.
bench_options = $(if $(SIZE),--size $(SIZE)) $(if $(PARTS),--parts $(call quoted,$(PARTS))) $(if $(DAYS),--days $(DAYS)) \
                $(if $(filter no 0 false,$(REBUILD)),--no-rebuild) \
                $(if $(BENCH_DIR),--work $(call quoted,$(BENCH_DIR)))

bench: install  ## Measure a size (SIZE=1000000) beside other ways; benchmarks/README.md says what and how to read it.
	@$(call into,.venv-bench,benchmarks/requirements.lock,two minutes)
	@cd $(call quoted,$(CALLER)) && PYTHONPATH=$(call quoted,$(ROOT)) \
	  $(call quoted,$(ROOT)/.venv-bench/bin/python) -P -m benchmarks $(bench_options)

lint: install  ## Check style of Python and SQL, and that the dbt project parses.
	@$(in_root) .venv/bin/ruff check . && .venv/bin/ruff format --check . && \
	  .venv/bin/sqlfluff lint --disable-progress-bar dbt_project && \
	  DBT_SEND_ANONYMOUS_USAGE_STATS=false .venv/bin/dbt --quiet --warn-error parse --project-dir $(call quoted,$(ROOT)/dbt_project) \
	    --profiles-dir $(call quoted,$(ROOT)/dbt_project)

format: install  ## Write Python and SQL in the house style.
	@$(in_root) .venv/bin/ruff check --fix . && .venv/bin/ruff format . && .venv/bin/sqlfluff fix --disable-progress-bar dbt_project

clean:  ## Remove caches and what dbt compiled; data stays.
	@$(in_root) rm -rf .pytest_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs logs && \
	  find . -path './.venv*' -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

clean-all: clean  ## Also remove both environments and .duebook: the default home with all that was published there.
	@$(in_root) rm -rf .venv .venv-bench .duebook
