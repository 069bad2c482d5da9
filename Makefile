# The commands of the project; `make help` lists them. Python 3.11 to 3.13 and make are all a machine needs to have.
# What a command does stands in Python (cli/); here it is only installed and called.

ifeq ($(origin PYTHON),undefined)
PYTHON := $(or $(shell command -v python3.11 || command -v python3.12 || command -v python3.13),python3)
endif

# Every setting (duebook/settings.py) is a make variable too: LANDING=... is DUEBOOK_LANDING=...; HOME_DIR is
# DUEBOOK_HOME, because the shell already uses HOME.
SETTINGS := LANDING AS_OF KNOWN_AS_OF REPORTING_CURRENCY MAX_BAD_SHARE MAX_UNPACKED_GB MAX_GZIP_RATIO ACCEPT \
            MAX_STALENESS_DAYS CUSTOMERS_ARE MAX_RATE_AGE_DAYS SCHEDULE_TIME_ZONE FIRST_DAY THREADS MEMORY_LIMIT FULL ENGINE \
            ENGINE_URL SPARK_BUCKETS POSTGRES_URL ENCRYPTION_KEY_FILE PERSONAL_GROUP RETENTION_ACTIVITIES RETENTION_SURVEYS RETENTION_VERSIONS RETENTION_PAST_DAYS \
            ALERT_WEBHOOK ALERT_EMAIL SMTP_URL
settings := HOME_DIR $(SETTINGS) DUEBOOK_HOME $(SETTINGS:%=DUEBOOK_%)

# Those that name a file or a folder, and are not given empty.
PATHS := LANDING HOME_DIR ENCRYPTION_KEY_FILE DUEBOOK_LANDING DUEBOOK_HOME DUEBOOK_ENCRYPTION_KEY_FILE BENCH_DIR PYTHON SOURCE MAPPING OPTIONS FILE OUTPUT KEEP ADVISORIES WRITE

# A try has a home and a landing of its own, and nobody else hears of it.
apart := HOME_DIR LANDING ENGINE ENGINE_URL SPARK_BUCKETS POSTGRES_URL ALERT_WEBHOOK ALERT_EMAIL SMTP_URL
not_of_try := $(apart) DUEBOOK_HOME $(apart:%=DUEBOOK_%)

# What a command takes on make's command line besides PYTHON: the settings, unless it stands here.
takes_help :=
takes_install := ADAPTERS SPARK
takes_dashboard := $(settings) ARGS
takes_dev := $(settings) ARGS
takes_metrics := $(settings) METRICS GROUP_BY ARGS
takes_explain := $(settings) KPI MONTH LEVEL CUSTOMER INVOICE TOP FORMAT
takes_statement := $(settings) CUSTOMER SEGMENT FROM TO FORM OUTPUT FORMAT
takes_quarantine := $(settings) TABLE RULE WAITING WRITE
takes_erase := $(settings) CUSTOMER EMPLOYEE YES
takes_subject := $(settings) CUSTOMER EMPLOYEE WRITE
takes_land := $(settings) ADAPTER SOURCE MAPPING OPTIONS
settings_of_try = $(filter-out $(not_of_try),$(settings))
takes_try := $(settings_of_try) ADAPTER SOURCE MAPPING OPTIONS KEEP
takes_adapter-check := $(settings) ADAPTER SOURCE MAPPING OPTIONS
takes_adapter-guess := FILE GRAIN OUTPUT
takes_adapter := NAME
takes_test := ARGS
takes_test-long := ARGS
takes_test-slow := ARGS
takes_test-spark := ARGS
takes_test-spark-slow := ARGS
takes_test-spark-cluster := ARGS
takes_fuzz := FUZZ_FILES FUZZ_SEED ARGS
takes_screenshots := ARGS
takes_bench := SIZE PARTS DAYS REBUILD BENCH_DIR
takes_sbom := OUTPUT
takes_audit := ADVISORIES
takes_lint :=
takes_format :=
takes_clean :=
takes_clean-all :=
commands := help install refresh check-landing quarantine erase subject land try adapter-check adapter-guess adapter explain statement dashboard metrics docs dev publish doctor test test-long test-slow test-spark test-spark-slow \
            test-spark-cluster fuzz screenshots bench sbom audit lint format clean clean-all
goals := $(or $(MAKECMDGOALS),help)
known := PYTHON $(foreach goal,$(goals),$(if $(filter undefined,$(origin takes_$(goal))),$(settings),$(takes_$(goal))))

# What is given is text: nothing in it is make's or a shell's to run. No line below holds any of it; it reaches the
# commands through the environment.
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
unknown := $(filter-out $(known),$(given))
unexport $(unknown)
$(foreach name,$(filter $(known),$(given)),$(eval override export $(name) := $$(value $(name))))
$(foreach name,$(SETTINGS),$(if $(filter undefined,$(origin $(name))),,$(eval export DUEBOOK_$(name) = $$(value $(name)))))
ifdef HOME_DIR
export DUEBOOK_HOME = $(value HOME_DIR)
endif
export PYTHON

# The folder of this file, whatever folder make was called from (paths may hold spaces and quotes).
quoted = '$(subst ','\'',$(1))'
export ROOT := $(shell cd "$$(dirname $(call quoted,$(strip $(MAKEFILE_LIST))))" && pwd)
# A relative path in a setting is seen from the caller's folder. `make -C` moves make away from it (and sets the flag w,
# unless told to be silent); then the shell's PWD still names it.
flags := $(firstword -$(MAKEFLAGS)) $(filter --no-print-directory,$(MAKEFLAGS))
export CALLER := $(if $(or $(findstring w,$(flags)),$(findstring s,$(flags)),$(findstring --no,$(flags))),$(value PWD),$(CURDIR))

# $(call refuse,<names>,<what they are none of>,<what there is>): end, and say which names are meant.
spelling := $(call quoted,$(value PYTHON)) -S $(call quoted,$(ROOT)/duebook/spelling.py)
refuse = $(error $(or $(shell { $(spelling) $(call quoted,$(1)) $(call quoted,$(2)) $(call quoted,$(3)); } 2> /dev/null),\
  $(1): no $(2): $(3)))
misspelt := $(filter-out $(commands),$(goals))
$(if $(strip $(misspelt)),$(call refuse,$(misspelt),command of make,$(commands)))
ifneq ($(filter try,$(goals)),)
$(if $(filter $(not_of_try),$(given)),$(error make try has a home and a landing of its own, which it publishes nowhere \
  else: leave $(filter $(not_of_try),$(given)) out. KEEP=folder says where that home is))
endif
# A misspelt variable would be a refresh of something else than was asked for.
$(if $(strip $(unknown)),$(call refuse,$(unknown),variable of make $(goals),$(known)))

# What is empty by mistake (an unset shell variable) would be the sample, or the default home.
empty := $(foreach name,$(filter $(PATHS),$(given)),$(if $(strip $(value $(name))),,$(name)))
ifneq ($(strip $(empty)),)
$(error $(foreach name,$(empty),$(name) is empty: name a path, or leave $(name) out))
endif

in_root = cd "$$ROOT" &&
# From the caller's folder, but with nothing of it on Python's path (-P). In the place of the shell: a signal for make's
# child is one for the command.
run = cd "$$CALLER" && PYTHONPATH="$$ROOT" exec "$$ROOT/.venv/bin/python" -P -m cli.make

.DEFAULT_GOAL := help
.PHONY: $(commands)

help:  ## List the commands.
	@$(in_root) echo "Usage: make <command> [VARIABLE=value ...]" && echo && \
	  sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}' && \
	  echo && echo "Settings, each also an environment variable with DUEBOOK_ in front (docs/guide/settings.md says what they mean):" && \
	  echo "  HOME_DIR (DUEBOOK_HOME) $(SETTINGS)" && \
	  echo && echo "Variables of single commands; PYTHON of all is the Python (3.11 to 3.13) to install with. Another one is an error:" \
	  $(foreach command,$(with_variables),&& echo "  $(command): $(filter-out $(settings),$(takes_$(command)))")
with_variables = $(foreach command,$(commands),$(if $(filter-out $(settings),$(takes_$(command))),$(command)))

# $(call into,<environment>,<lock>): make the environment what the lock says, unless it is that.
into = $(in_root) if ! cmp -s $(2) $(1)/.installed.lock; then \
	  command -v "$$PYTHON" > /dev/null || { echo "Python 3.11, 3.12 or 3.13 is needed; $$PYTHON is not on the path (make PYTHON=/path/to/python3.11)."; exit 2; }; \
	  exec "$$PYTHON" cli/install.py $(1) $(2); \
	fi

install:  ## Install what requirements.lock names into .venv, when it is not there yet (ADAPTERS=1: also what reads databases; SPARK=1: Spark).
	@$(call into,.venv,requirements.lock)
	@$(in_root) ln -sfn ../../cli/duebook .venv/bin/duebook
	@$(in_root) if [ -n "$$ADAPTERS" ]; then echo "Installing what reads databases (requirements-adapters.lock) ..." && \
	  exec .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements-adapters.lock; fi
	@$(in_root) if [ -n "$$SPARK" ]; then echo "Installing Spark (requirements-spark.lock) ..." && \
	  exec .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements-spark.lock; fi

refresh: install  ## Load, build, check and publish; without LANDING on the embedded sample.
	@$(run) refresh

check-landing: install  ## List all that is wrong with LANDING (files, rows, unknown words) in seconds, without loading it.
	@$(run) check-landing

quarantine: install  ## List the rows held back, by rule: TABLE=invoices RULE=currency (WAITING=1: what waits for what; WRITE=file.csv: rows to correct).
	@$(run) quarantine

erase: install  ## Take out what names a person, for good; figures stay: CUSTOMER=C-100 or EMPLOYEE=E-7 (YES=1: don't ask).
	@$(run) erase

subject: install  ## Write all that is held of one person into a new file: CUSTOMER=C-100 or EMPLOYEE=E-7, WRITE=file.json.
	@$(run) subject

try: install  ## See the KPIs of a source in a home of its own: ADAPTER=xero SOURCE=/exports/xero (MAPPING= for lists, OPTIONS=, KEEP= its folder).
	@$(run) try

land: install  ## Write what is new in a source as files of LANDING: ADAPTER=xero SOURCE=/exports/xero (MAPPING=, OPTIONS=).
	@$(run) land

adapter-check: install  ## Say all of a source but write nothing: rows, faults, the tie to its own balances, KPIs it feeds.
	@$(run) adapter-check

adapter-guess: install  ## Propose a mapping for a list: FILE=open_items.xlsx (OUTPUT=mapping.yml, GRAIN=invoice).
	@$(run) adapter-guess

adapter: install  ## Make the folder of a new adapter from the template: NAME=acme.
	@$(run) adapter

dashboard: install  ## Build the dashboard of what is published and serve it on this machine (ARGS="--port 9000").
	@$(run) dashboard

metrics: install  ## List the metrics, or ask for some: METRICS=dso,cei GROUP_BY=metric_time__month,segment (ARGS="--csv dso.csv").
	@$(run) metrics

docs: install  ## Write the catalogue: marts, KPIs, raw contract, entities (docs/), and dbt's documentation as one file (in the home).
	@$(run) docs

explain: install  ## Say how a figure came about: KPI=dso MONTH=2026-05 LEVEL=segment:retail (CUSTOMER=, TOP=, FORMAT=json), or when INVOICE= is paid.
	@$(run) explain

statement: install  ## Write a customer's statement: CUSTOMER=C0010 FROM=2026-05-01 TO=2026-05-31 (FORM=open-item, OUTPUT=page.html; SEGMENT= and a folder: all of one).
	@$(run) statement

dev: install  ## Open Dagster's UI (http://localhost:3000; ARGS="--port 3001").
	@$(run) dev

publish: install  ## Publish again what the warehouse holds, without building it (file, Parquet, dashboard, Postgres).
	@$(run) publish

doctor: install  ## Say what of the home is sound, and what to do about the rest (exit code 1 if something is wrong).
	@$(run) doctor

test: install  ## Run the default tests (ARGS="-k name" for some of them).
	@$(in_root) exec .venv/bin/python -m cli.make pytest

test-long: install  ## Run what the default tests leave out: every variant of a rule, whole refreshes, kills (half an hour).
	@$(in_root) exec .venv/bin/python -m cli.make pytest -m "long and not slow"

test-slow: install  ## Run the slow tests: many random ledgers, many kills.
	@$(in_root) exec .venv/bin/python -m cli.make pytest -m "slow and not spark"

test-spark: install  ## Build the models on Spark and hold every mart against DuckDB's (after make install SPARK=1; Java 17).
	@$(in_root) exec .venv/bin/python -m cli.make pytest -n 0 -m "spark and not slow" tests/engines

test-spark-slow: install  ## Run what takes long on Spark: every test of data and models, an IBM ledger, a random one (half an hour).
	@$(in_root) exec .venv/bin/python -m cli.make pytest -n 0 -m "spark and slow" tests/engines

test-spark-cluster: install  ## The same on a cluster of Spark on this machine, of which a worker is killed during each build.
	@$(in_root) exec .venv/bin/python -m cli.make pytest -n 0 -m spark_cluster tests/engines

fuzz: install  ## Read files changed at random, FUZZ_FILES=400 from FUZZ_SEED on (default: another each time; it is printed).
	@$(in_root) exec .venv/bin/python -m cli.make pytest -n 0 -s -m slow tests/integration/test_loading_fuzz.py

screenshots: install  ## Take the screenshots of README.md and the guide again (needs Chromium).
	@$(in_root) exec .venv/bin/python -m cli.make pytest -m long tests/browser/test_screenshots.py --screenshots docs/images

bench: install  ## Measure a size (SIZE=1000000) beside other ways; benchmarks/README.md says what and how to read it.
	@$(call into,.venv-bench,benchmarks/requirements.lock)
	@cd "$$CALLER" && PYTHONPATH="$$ROOT" exec "$$ROOT/.venv-bench/bin/python" -P -m cli.make bench

sbom: install  ## Write the SBOM (CycloneDX) of every package in the locks: OUTPUT=sbom.cdx.json.
	@$(run) sbom

audit: install  ## Look for known vulnerabilities of the locks' versions in a downloaded database: ADVISORIES=folder.
	@$(run) audit

lint: install  ## Check style of Python and SQL, and that the dbt project parses.
	@$(in_root) .venv/bin/ruff check . && .venv/bin/ruff format --check . && { \
	  DBT_SEND_ANONYMOUS_USAGE_STATS=false .venv/bin/dbt --quiet --warn-error parse --project-dir "$$ROOT/dbt_project" \
	    --profiles-dir "$$ROOT/dbt_project" & parse=$$!; \
	  .venv/bin/sqlfluff lint --disable-progress-bar --processes 2 dbt_project adapters; style=$$?; \
	  wait $$parse && exit $$style; }

format: install  ## Write Python and SQL in the house style.
	@$(in_root) .venv/bin/ruff check --fix . && .venv/bin/ruff format . && .venv/bin/sqlfluff fix --disable-progress-bar dbt_project adapters

clean:  ## Remove caches and what dbt compiled; data stays.
	@$(in_root) rm -rf .pytest_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs logs && \
	  find . -path './.venv*' -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

clean-all: clean  ## Also remove both environments and .duebook: the default home with all that was published there.
	@$(in_root) rm -rf .venv .venv-bench .duebook
