# TAP for tests written in sh.  Source it, then:
#
#	need lighttpd curl		skip all when a program is missing
#	tempdir				makes $dir, removed at the end
#	ok   "what holds"  COMMAND...	passes if the command succeeds
#	fails "what fails" COMMAND...	passes if it exits with another status
#	is   "what" GOT WANTED		compares two texts
#	has  REGEX FILE			for ok: the file has such a line
#	lacks REGEX FILE		for ok: it has none
#	done_testing			the plan, and the exit status
#
# A failed test shows the command's output.
# shellcheck shell=sh

LC_ALL=C
export LC_ALL
tap_count=0
tap_failed=0

tap_report() {			# tap_report WORD DESCRIPTION
	tap_count=$((tap_count + 1))
	[ "$1" = ok ] || tap_failed=$((tap_failed + 1))
	echo "$1 $tap_count - $2"
}

tap_show() {			# as comments, so that nothing in it counts
	printf '%s\n' "$1" | sed 's/^/#   /'
}

ok() {
	tap_what=$1
	shift
	if tap_out=$("$@" 2>&1); then
		tap_report ok "$tap_what"
	else
		tap_status=$?
		tap_report 'not ok' "$tap_what"
		tap_show "status $tap_status: $*"
		tap_show "$tap_out"
	fi
}

# A status of 126 or above is no failure of the program's own, but a program
# that did not run or was killed.
fails() {
	tap_what=$1
	shift
	tap_out=$("$@" 2>&1)
	tap_status=$?
	if [ $tap_status -gt 0 ] && [ $tap_status -lt 126 ]; then
		tap_report ok "$tap_what"
	else
		tap_report 'not ok' "$tap_what"
		tap_show "status $tap_status: $*"
		tap_show "$tap_out"
	fi
}

is() {
	if [ "$2" = "$3" ]; then
		tap_report ok "$1"
	else
		tap_report 'not ok' "$1"
		tap_show "got    $2"
		tap_show "wanted $3"
	fi
}

has() {
	grep -q -e "$1" "$2" || { cat "$2"; return 1; }
}

lacks() {
	! grep -e "$1" "$2"
}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

need() {
	for tap_program; do
		command -v "$tap_program" >/dev/null ||
		    PATH=$PATH:/usr/sbin:/sbin command -v "$tap_program" \
		    >/dev/null || skip_all "$tap_program is missing"
	done
}

tempdir() {
	dir=$(mktemp -d) || exit 99
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 1' HUP INT TERM
}

done_testing() {
	echo "1..$tap_count"
	[ $tap_failed -eq 0 ]
	exit
}
