#!/bin/sh
# Every source file, test and page is named in Makefile.am: one that is not
# would be missing from the release, or never run.

. "${srcdir:=.}/tests/tap.sh"
tempdir

named() {			# named FILE MAKEFILE.AM
	${AWK:-awk} -v file="$1" '
	BEGIN { stem = file; sub(/\.c$/, "", stem) }
	{ for (i = 1; i <= NF; i++)
		if ($i == file || $i == stem && \
		    stem ~ /^tests\/(unit|tool|fuzz)\//)
			found = 1 }
	END { exit !found }' "$2"
}

cd "$srcdir" || exit 99
for file in $(find src tests sql etc apache lighttpd nginx cgi-bin man docs \
    bench -type f ! -name '*.o' ! -name '*.log' ! -name '*.trs' ! -name '*.gc??' \
    ! -name '*.pyc' ! -name embedded.c ! -path '*/.deps/*' \
    ! -name .dirstamp ! -path 'tests/fuzz/corpus/*' \
    ! -path bench/bare ! -path bench/bare_cgi ! -path 'bench/results/*' \
    2>/dev/null | sort); do
	case $file in
	*.c)					;;
	tests/unit/test_*|tests/fuzz/fuzz_*)	continue ;;
	esac
	ok "$file" named "$file" Makefile.am
done
ok "tests/fuzz/corpus"	named tests/fuzz/corpus Makefile.am
for folder in tests/fuzz/corpus/*; do
	ok "$folder has its target" \
	    named "tests/fuzz/fuzz_${folder##*/}.c" Makefile.am
done

printf 'a = \\\n\tsrc/core/buf.c \\\n\ttests/unit/test_buf\n' >"$dir/am"
ok	"finds a source"	named src/core/buf.c "$dir/am"
ok	"finds a unit test"	named tests/unit/test_buf.c "$dir/am"
fails	"misses another"	named src/core/bu.c "$dir/am"

done_testing
