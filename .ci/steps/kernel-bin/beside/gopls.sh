#!/bin/sh
# gopls, which ends by itself when the GoNB that asks it has been killed.
GOMAXPROCS=1 exec nice -n 3 @GOPLS@ -listen.timeout=1m "$@"
