"""The steps of flowbook's set-up, one idea a module. step.py says what a step is."""
