#!/bin/sh
# tests/tool/fuzz, which `make fuzz' calls, over a small library with a fault.

. "${srcdir:=.}/tests/tap.sh"
need make
tempdir
tool=$(cd "$srcdir" && pwd)/tests/tool/fuzz

# A source tree, and a build folder beside it.
mkdir -p "$dir/top/src" "$dir/top/tests/fuzz/corpus/toy" "$dir/build"
cp "$srcdir/tests/fuzz/fuzz.mk" "$dir/top/tests/fuzz"
printf 'ab' >"$dir/top/tests/fuzz/corpus/toy/seed"
cat >"$dir/build/Makefile" <<'END'
srcdir = ../top
AM_CPPFLAGS = -I$(srcdir)/src
libviaduct_a_SOURCES = src/toy.c src/toy.h
MKDIR_P = mkdir -p
END
cat >"$dir/top/src/toy.c" <<'END'
#include "toy.h"

int
toy(const uint8_t *s, size_t len)
{
	uint8_t	*copy = malloc(len), last = 0;

	for (size_t i = 0; i < len; i++)
		copy[i] = s[i];
	if (FAULTY && len > 2 && memcmp(s, "abc", 3) == 0)
		last = copy[len];
	free(copy);
	return last;
}
END
cat >"$dir/top/src/toy.h" <<'END'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int	 toy(const uint8_t *, size_t);
END
cat >"$dir/top/tests/fuzz/fuzz_toy.c" <<'END'
#include "toy.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *s, size_t len)
{
	return toy(s, len), 0;
}
END
fuzz() {			# fuzz STATUS FAULTY [NAME=VALUE]...
	status=$1
	faulty=$2
	shift 2
	(
		unset MAKEFLAGS MFLAGS MAKELEVEL ASAN_OPTIONS
		cd "$dir/build" && env "$@" srcdir=../top \
		    CPPFLAGS="-DFAULTY=$faulty" "$tool" toy
	) >"$dir/said" 2>&1
	got=$?
	[ "$got" -eq "$status" ] || {
		echo "status $got"
		cat "$dir/said"
		return 1
	}
}

# Where it cannot run, it says what is missing.
printf '#!/bin/sh\nexit 1\n' >"$dir/broken" && chmod +x "$dir/broken"
ok "without clang it stops"	fuzz 2 1 CLANG="$dir/none"
ok "... and names it"		has "none is missing: ./bootstrap" "$dir/said"
ok "without its runtime too"	fuzz 2 1 CLANG="$dir/broken"
ok "... and names that"		has "install libclang-rt" "$dir/said"

need clang
ok "a fault is found"	fuzz 1 1 FUZZ_RUNS=1000000
ok "... what it is"	has 'ERROR: AddressSanitizer' "$dir/said"
replay=$(sed -n 's/.*run it again with: //p' "$dir/said")
is "... the input is kept, and how to replay it is said" \
    "$(ls "$dir/build/${replay#* }")" "$dir/build/${replay#* }"
fails "... so it fails again" sh -c "cd '$dir/build' && $replay"
is "the source tree stays as it is" "$(ls "$dir/top/tests/fuzz/corpus/toy")" \
    seed
rm -r "$dir/build/fuzz-build"
ok "without a fault"	fuzz 0 0 FUZZ_RUNS=300
ok "... so many runs"	has '^fuzz: toy: 300 runs, .* nothing found$' \
	"$dir/said"
ok "a time is a bound too" fuzz 0 0 FUZZ_SECONDS=1

done_testing
