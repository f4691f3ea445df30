# flowbook's commands. Each may be given again at any time and says what it does.
PYTHON  ?= python3
PORT    ?= 8888
PROFILE ?= quick

export FLOWBOOK_HOME ?= $(CURDIR)/.flowbook
export XLA
STATE  = $(FLOWBOOK_HOME)
SETUP  = @command -v $(PYTHON) >/dev/null || { echo "flowbook: Python is missing: install Python 3.11 or newer" >&2; exit 1; }; $(PYTHON) .ci/setup.py
# Jupyter's own files stay in the state folder too.
JUPYTER = . $(STATE)/env && JUPYTER_CONFIG_DIR=$(STATE)/jupyter JUPYTER_DATA_DIR=$(STATE)/jupyter/data \
          JUPYTER_RUNTIME_DIR=$(STATE)/jupyter/runtime IPYTHONDIR=$(STATE)/jupyter

.PHONY: help lab setup
help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-7s %s\n", $$1, $$2 }'

lab: ## Set up everything and start JupyterLab on the notebooks (PORT=8888, ARGS=--no-browser, XLA=cpu|cuda12|cuda13|none)
	$(SETUP) lab
	@mkdir -p notebooks
	@$(JUPYTER) exec $(STATE)/venv/bin/jupyter lab --notebook-dir=notebooks --port=$(PORT) $(if $(filter 0,$(shell id -u)),--allow-root) $(ARGS)

setup: ## Set up what `make lab` needs and stop there
	$(SETUP) lab

.PHONY: test book bench clean
test: ## Set up what tests need and run every test (ONLY=gofmt,vet,setup,go,notebooks,browser picks some)
	$(SETUP) test
	@. $(STATE)/env && $(PYTHON) .ci/test.py
