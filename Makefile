# The words of a working day. `make` alone explains them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python

# Any Python from 3.11 on will do, the machine's own first.
define FIND_PYTHON
found=; for candidate in $(PYTHON) python3 python3.13 python3.12 python3.14 python3.11 python; do \
  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$candidate; break; fi; \
done; \
if [ -z "$$found" ]; then echo "This needs Python 3.11 or newer; found none (tried python3, python3.11 to python3.14). Set PYTHON=/path/to/python."; exit 1; fi
endef

help: ## Explain the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# --- Run -------------------------------------------------------------------------------------------------
demo: .venv-demo ## Run the whole product here: web, worker, beat and a Stripe sandbox (PORT, STRIPE_SANDBOX_PORT)
	@$(PY) scripts/demo.py

demo-reset: .venv-demo ## Forget the demo's data and start over
	@$(PY) scripts/demo.py --reset

backup: .venv-demo ## Write the database (PostgreSQL) and what people uploaded into one file (FILE=...)
	@$(PY) manage.py backup $(FILE)

restore: .venv-demo ## Put a backup in the place of an empty database (FILE=..., OVER_IT=1 replaces one that is not)
	@$(PY) manage.py restore $(FILE) $(if $(OVER_IT),--over-it)

# --- Check -----------------------------------------------------------------------------------------------
test: .venv-dev ## Run every test: PostgreSQL and Redis, SQLite, both holders, in a browser
	@$(PY) scripts/test.py

test-fast: .venv-dev ## Run the tests that need no service and no browser, on SQLite
	@$(PY) scripts/test.py fast

chaos: .venv-dev ## Make up bad days by chance: seats, events, faults of Stripe, killed processes
	@$(PY) scripts/test.py chaos

fuzz: .venv-dev ## Send 20,000 requests made up by chance to every address (REQUESTS=500 SEED=7 ONLY=team:invite)
	@REQUESTS=$(or $(REQUESTS),20000) SEED=$(or $(SEED),$(shell date +%s)) ONLY=$(ONLY) $(PY) scripts/test.py fuzz

contract: .venv-dev ## Check what the sandbox answers and what the product asks against Stripe's published description
	@$(PY) scripts/contract.py

lint: .venv-dev ## Check style, types, layers, templates, migrations and generated files
	@$(PY) scripts/lint.py

bench: .venv-dev ## Measure gates, pages, webhooks, seats, reconcile and the sandbox (ONLY=gates)
	@$(PY) scripts/bench.py $(ONLY)

load: .venv-dev ## Use the product as many people at once, on gunicorn, and see that all stays true (SECONDS, USERS, LEAK=1)
	@$(PY) scripts/load.py $(if $(LEAK),leak) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(USERS),--users $(USERS))

lighthouse: .venv-dev ## Let Lighthouse look at the product as on a server, on a phone (ONLY="landing billing"; needs Node)
	@$(PY) scripts/lighthouse.py $(ONLY)

docker-smoke: .venv-demo ## Start the containers, visit each page, buy one plan; look at the image and compose file for production
	@$(PY) scripts/docker_smoke.py

scale-smoke: .venv-demo ## Start two web, two workers, two beats; 1,000 changes of seats have to come out exact
	@$(PY) scripts/scale.py

# --- Make ------------------------------------------------------------------------------------------------
css: .venv-dev ## Build static/css/app.css
	@$(PY) scripts/css.py

messages: .venv-dev ## Read all texts of the code into locale/, compile what is translated (needs GNU gettext)
	@$(PY) scripts/messages.py

# demo-only: begin
screenshots: .venv-dev ## Take the pictures of docs/images/ and write docs/screens.md (ONLY="home pricing")
	@$(PY) -m scripts.screenshots $(ONLY)

film: .venv-dev ## Take the moving picture of the README, docs/demo.webp
	@$(PY) -m scripts.screenshots.film
.PHONY: screenshots film
# demo-only: end

docs: .venv-dev ## Build the documentation as a site into var/site (SERVE=1 shows it while you write)
	@$(PY) scripts/docs.py $(if $(SERVE),--serve)

brand-images: .venv-dev ## Draw the icons and the picture for chats in the colours of the brand
	@$(PY) scripts/brand_images.py

strip-demo: .venv-dev ## Take the demo's pages, people, pictures and examples out (DRY_RUN=1 only says what)
	@DRY_RUN=$(DRY_RUN) $(PY) scripts/strip_demo.py

remove-billing: .venv-dev ## Take subscriptions out, accounts and teams stay (docs/removing-billing.md)
	@$(PY) scripts/remove_billing.py

requirements: .venv-dev ## Compile requirements/*.in to *.txt (UPGRADE=1 takes the newest versions)
	@$(PY) scripts/requirements.py $(if $(UPGRADE),--upgrade)

# --- Make it yours ---------------------------------------------------------------------------------------
# Some systems set a NAME of their own (the machine's): only what is given to `make` is an answer.
rename: ## Give the project your name (NAME="Your Product" SLUG SENDER or DOMAIN HOLDER COLOUR; DRY_RUN=1 only looks)
	@$(FIND_PYTHON); $(foreach word,NAME SLUG SENDER DOMAIN HOLDER COLOUR DRY_RUN ANYWAY,$(if $(filter environment,$(origin $(word))),unset $(word);)) "$$found" -m scripts.rename

upgrade: ## Take a newer version of the starter, under your name and with your changes (TO=v1.1.0 REMOTE=upstream)
	@$(FIND_PYTHON); "$$found" -m scripts.upgrade

release: ## Close the section of CHANGELOG.md and set the version (VERSION=1.1.0); docs/releasing.md says what follows
	@$(FIND_PYTHON); "$$found" -m scripts.release $(VERSION)

# --- Install ---------------------------------------------------------------------------------------------
install: .venv-dev ## Make .venv with everything for tests and tools

clean: ## Remove .venv, caches and the demo's data
	rm -rf .venv var .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The script itself knows when there is nothing to do.
.venv-%:
	@$(FIND_PYTHON); "$$found" scripts/install.py $*

.PHONY: help demo demo-reset backup restore test test-fast chaos fuzz contract lint bench load lighthouse docker-smoke scale-smoke css messages docs strip-demo remove-billing brand-images requirements rename upgrade release install clean
