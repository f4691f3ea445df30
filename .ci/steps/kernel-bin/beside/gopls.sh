#!/bin/sh
# gopls, which ends by itself when the GoNB that asks it has been killed.
exec @GOPLS@ -listen.timeout=1m "$@"
