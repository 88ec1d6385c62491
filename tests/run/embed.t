#!/bin/sh
# The strings in the program are, byte for byte, the files they are made from.

. "${srcdir:=.}/tests/tap.sh"
# CC may be of several words.
# shellcheck disable=SC2086
compiles() { ${CC:-cc} "$@"; }
tempdir

printf 'plain\n\ttab, "quoted", \\back\\n, ??/ trigraph, %%s\r\n\n\303\251\n' \
    >"$dir/odd"
: >"$dir/empty"
embed() {
	LC_ALL=C ${AWK:-awk} -v folder=cli \
	    -f "$srcdir/build-aux/embed.awk" "$@"
}
embed odd="$dir/odd" empty="$dir/empty" schema="$srcdir/sql/schema.sql" \
    sample="$srcdir/sql/sample.sql" ini="$srcdir/etc/viaduct.ini" \
    >"$dir/embedded.c"
mkdir "$dir/cli"
cp "$srcdir/src/cli/embedded.h" "$dir/cli"
cat >"$dir/print.c" <<'END'
#include <stdio.h>
#include <string.h>
extern const char embedded_odd[], embedded_empty[], embedded_schema[],
    embedded_sample[], embedded_ini[];
int
main(int argc, char **argv)
{
	const char *text[] = { embedded_odd, embedded_empty, embedded_schema,
	    embedded_sample, embedded_ini };

	return argc < 2 || fputs(text[argv[1][0] - '0'], stdout) == EOF;
}
END
sed 's/^const/extern const char embedded_odd[], embedded_empty[]; const/' \
    "$dir/embedded.c" >"$dir/more.c"
ok "compiles" compiles -Wall -Werror -trigraphs -I "$dir" -o "$dir/print" \
    "$dir/more.c" "$dir/print.c"

same() {
	"$dir/print" "$1" | cmp - "$2"
}
ok "all kinds of bytes"	same 0 "$dir/odd"
ok "an empty file"	same 1 "$dir/empty"
ok "sql/schema.sql"	same 2 "$srcdir/sql/schema.sql"
ok "sql/sample.sql"	same 3 "$srcdir/sql/sample.sql"
ok "etc/viaduct.ini"	same 4 "$srcdir/etc/viaduct.ini"
fails "a file that is not there" embed ini="$dir/none"

done_testing
