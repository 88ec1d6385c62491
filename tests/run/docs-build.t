#!/bin/sh
# The manual pages are without fault, and every link between our own pages
# leads somewhere.

. "${srcdir:=.}/tests/tap.sh"
need mandoc
tempdir
cd "$srcdir" || exit 99

lint() {
	mandoc -T lint -W warning "$1"
}
for page in man/*.[1-8]; do
	[ ! -e "$page" ] || ok "$page" lint "$page"
done
printf '.Dd today\n.Dt A 1\n.Sh NAME\n.Xy\n' >"$dir/bad.1"
fails "finds a faulty manual page" lint "$dir/bad.1"

# The files that PAGE links to, or names as [text](FILE#part), must exist.
links() {
	sed 's/`[^`]*`//g' "$1" | grep -o '](\([^)]*\))' |
	    sed 's/^](//; s/)$//; s/#.*//' | while read -r link; do
		case $link in
		*://*|mailto:*|'')	continue ;;
		esac
		[ -e "$(dirname "$1")/$link" ] || echo "$1: no $link"
	done >"$dir/broken"
	cat "$dir/broken"
	[ ! -s "$dir/broken" ]
}
for page in *.md docs/*.md; do
	[ ! -e "$page" ] || ok "$page links to what is there" links "$page"
done
printf 'See [this](gone.md#a) and `[not](that)`.\n' >"$dir/page.md"
fails "finds a link to nowhere" links "$dir/page.md"
printf 'See [this](page.md) and [that](https://example.org/x).\n' \
    >"$dir/page.md"
ok "passes a link to what is there" links "$dir/page.md"

done_testing
