#!/bin/sh
# What a request pays for being counted: instructions, which are the same
# whatever else the machine does.  3,000 are a microsecond at 3 GHz and one each
# cycle; and each request that paid was counted.

. "${srcdir:=.}/tests/tap.sh"
VIADUCT=${VIADUCT:-./viaduct}
tool=${top_builddir:-.}/tests/tool/tally-cost
MOST=3000
tempdir
ok "a folder for the counters" "$VIADUCT" init "$dir/site"

# Those of a whole run, of so many requests.
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
	    "$tool" "$dir/site/state" "$1" 2>&1 |
	    sed -n 's/.*Collected *: *//p'
}

wanted=4000
if test "${VIADUCT_SANITIZED:-0}" = 1
then
	ok "what a request pays" "$tool" "$dir/site/state" "$wanted"
else
	need valgrind
	few=$(instructions 1000) many=$(instructions 3000)
	each=$(((${many:-0} - ${few:-0}) / 2000))
	echo "# $each instructions"
	ok "a request pays for counters, and less than $MOST instructions" \
	    test "$each" -gt 100 -a "$each" -lt "$MOST"
fi
"$VIADUCT" status -c "$dir/site/viaduct.ini" --json >"$dir/json"
ok "each of them was counted" grep -q \
    "\"ever\":{\"requests\":$wanted,\"answered\":$wanted," "$dir/json"
done_testing
