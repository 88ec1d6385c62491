#!/bin/sh
# The code is in the form that .clang-format gives it; "make format" mends it.

. "${srcdir:=.}/tests/tap.sh"
need clang-format
case $(clang-format --version) in
*version\ 14.*)	;;
*)	skip_all "clang-format 14 is missing: others format otherwise" ;;
esac
tempdir
tool=$srcdir/tests/tool/format

for file in "$srcdir"/src/*/*.c "$srcdir"/tests/unit/*.c; do
	[ "${file##*/}" = embedded.c ] ||
	    ok "${file#"$srcdir"/}" "$tool" "$file"
done

# The check itself.
finds() {
	printf '%b' "$2" >"$dir/a.c"
	fails "finds $1" "$tool" "$dir/a.c"
}
passes() {
	printf '%b' "$2" >"$dir/a.c"
	ok "passes $1" "$tool" "$dir/a.c"
}

finds	"a return type on the function's line" 'int f(void)\n{\n}\n'
finds	"a brace on a line of its own" \
	'int\nf(void)\n{\n\tif (a)\n\t{\n\t\tg();\n\t\th();\n\t}\n}\n'
finds	"spaces for a tab" 'int\nf(void)\n{\n        return 0;\n}\n'
finds	"blanks at the end" 'int a; \n'
finds	"a comment of 80 columns" "/* $(printf '%074d' 0) */\n"
passes	"the house's form" \
	'int\nf(void)\n{\n\tint\t*a;\n\tchar\t b;\n\n\treturn 0;\n}\n'
passes	"a comment of 79 columns" "/* $(printf '%073d' 0) */\n"

done_testing
