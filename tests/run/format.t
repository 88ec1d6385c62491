#!/bin/sh
# The code is in the form that .clang-format gives it; "make format" mends it.

. "${srcdir:=.}/tests/tap.sh"
need python3
clang_format=$(command -v clang-format-14 || command -v clang-format) ||
    skip_all "clang-format is missing"
case $("$clang_format" --version) in
*version\ 14.*)	;;
*)	skip_all "clang-format 14 is missing: others format otherwise" ;;
esac
tempdir
tool=$srcdir/tests/tool/format

for file in "$srcdir"/src/*/*.c "$srcdir"/tests/unit/*.c \
    "$srcdir"/tests/fuzz/*.c "$srcdir"/tests/torture/*.c \
    "$srcdir"/bench/*.c; do
	case $file in
	*/embedded.c|*\**)	;;
	*)	ok "${file#"$srcdir"/}" "$tool" "$file" ;;
	esac
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
finds	"a blank too few" 'int\nf(void)\n{\n\tif(a)\n\t\tg();\n}\n'
finds	"a statement after its if" 'int\nf(void)\n{\n\tif (a) g();\n}\n'
finds	"an indentation too deep" 'int\nf(void)\n{\n\t\tg();\n}\n'
finds	"a second fault in data" 'static int a[] = { 1,2 };\n'
"$tool" -i "$dir/a.c" >/dev/null
ok	"mends it" "$tool" "$dir/a.c"
passes	"a struct on one line" 'struct a { int b; char\t*c; };\n'
passes	"a table's name on a line of its own" \
	'static const struct { int a; }\n    b[] = {\n\t{ 1 },\n};\n'
passes	"a table" 'static const struct { int a; } b[] = {\n\t{ 1 },\t{ 2 },\n};\n'
passes	"a break after any comma" \
	'int\nf(void)\n{\n\treturn g(a,\n\t    b, c);\n}\n'
finds	"what follows a directive of two lines" \
	'#define A(...) f((char *[]){ __VA_ARGS__, \\\n    "b" })\n\nint b=1;\n'
passes	"a mark in a string" 'static const char a[] = "/* {";\nint b;\n'
passes	"the house's form" \
	'int\nf(void)\n{\n\tint\t*a;\n\tchar\t b;\n\n\treturn 0;\n}\n'
passes	"a name that C++ has for itself" \
	'int\nf(struct a *a)\n{\n\ta->operator = 1;\n\treturn a->operator + 1;\n}\n'
passes	"a comment of 79 columns" "/* $(printf '%073d' 0) */\n"

done_testing
