# flowbook's commands. Each may be given again at any time and says what it does.
PYTHON  ?= python3
PORT    ?= 8888
PROFILE ?= $(or $(FLOWBOOK_PROFILE),quick)

export FLOWBOOK_HOME ?= $(CURDIR)/.flowbook
export XLA
STATE  = $(FLOWBOOK_HOME)
SETUP  = @command -v $(PYTHON) >/dev/null || { echo "flowbook: $(PYTHON) is missing: install Python 3.11 or newer, or name another, make PYTHON=python3.12 ..." >&2; exit 1; }; $(PYTHON) .ci/setup.py
# Jupyter's own files stay in the state folder too.
JUPYTER = . "$(STATE)/env" && export JUPYTER_CONFIG_DIR="$(STATE)/jupyter" JUPYTER_DATA_DIR="$(STATE)/jupyter/data" \
          JUPYTER_RUNTIME_DIR="$(STATE)/jupyter/runtime" IPYTHONDIR="$(STATE)/jupyter"

.PHONY: help lab setup test book bench pins clean
help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-7s %s\n", $$1, $$2 }'

lab: ## Set up everything and start JupyterLab on your copy of the notebooks (PORT=8888, ARGS=--no-browser, XLA=cpu|cuda12|cuda13|none)
	$(SETUP) open
	@$(JUPYTER) && exec "$(STATE)/venv/bin/python" -m jupyterlab --notebook-dir="$(STATE)/notebooks" --port=$(PORT) $(if $(filter 0,$(shell id -u)),--allow-root) $(ARGS)

setup: ## Set up what `make lab` needs and stop there
	$(SETUP) lab

test: ## Set up what tests need and run every test (ONLY=gofmt,vet,staticcheck,setup,outputs,go,race,fuzz,notebooks,browser picks some)
	$(SETUP) test
	@. "$(STATE)/env" && $(PYTHON) .ci/test.py

book: ## Execute every notebook and write notebooks and journal as HTML (PROFILE=quick|cpu|full, IN_PLACE=1 keeps the outputs)
	$(SETUP) lab
	@. "$(STATE)/env" && $(PYTHON) .ci/book.py --profile $(PROFILE) $(if $(IN_PLACE),--in-place)

bench: ## Measure against the peers; prints tables
	$(SETUP) bench
	@. "$(STATE)/env" && $(PYTHON) .ci/bench.py

pins: ## Compile pyproject.toml into .ci/pins, versions and hashes (needs uv; ARGS=--upgrade takes what is new)
	@$(PYTHON) .ci/pins.py $(ARGS)

clean: ## Remove what set-up and tests made, but not data, journal, checkpoints and your notebooks (ALL=1 removes those too)
	@$(PYTHON) .ci/clean.py $(if $(ALL),--all)
