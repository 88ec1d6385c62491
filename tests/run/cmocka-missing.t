#!/bin/sh
# Stands in for all unit tests where configure did not find cmocka.
echo "1..0 # SKIP cmocka is missing: ./bootstrap --tests"
