#!/bin/sh
# No script has anything that shellcheck would find.

. "${srcdir:=.}/tests/tap.sh"
need shellcheck
cd "$srcdir" || exit 99

scripts=$(find .ci bootstrap tests cgi-bin -type f 2>/dev/null | sort |
    while read -r file; do
	case $(head -n 1 "$file" | tr -d '\0') in
	'#!/bin/sh'*)	echo "$file" ;;
	esac
    done)
for file in tests/tap.sh $scripts; do
	ok "$file" shellcheck -x -P SCRIPTDIR -e SC1091,SC2016,SC2317 "$file"
done

# shellcheck disable=SC2016 # the text is the script
unquoted() {
	printf '#!/bin/sh\nrm -r $1\n' | shellcheck -
}
fails "finds an unquoted variable" unquoted

done_testing
