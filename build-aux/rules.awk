# Prints the rules of src/core/err.def, its argument:
#
#   -v page=FILE       the manual page FILE, with the rules in the place of its
#                      line .\" RULES
#   -v form=markdown   the table of README.md
#
# A row is ERR(MEMBER, STATUS, TRUE|FALSE, "WORD", "TYPE", then the literals of
# two sentences; a comment of one line that begins with a status is a heading.

# What stands between the quotes of s, and what comes behind them in `rest'.
function literal(s,	out)
{
	while (match(s, /^[ ,]*"[^"]*" *"/)) {
		s = substr(s, index(s, "\"") + 1)
		out = out substr(s, 1, index(s, "\"") - 1)
		s = substr(s, index(s, "\"") + 1)
	}
	s = substr(s, index(s, "\"") + 1)
	rest = substr(s, index(s, "\"") + 1)
	return out substr(s, 1, index(s, "\"") - 1)
}

function row(s,	status, word, type, detail, mend)
{
	match(s, /[0-9][0-9][0-9]/)
	status = substr(s, RSTART, 3)
	rest = substr(s, index(s, "\"") - 1)
	word = literal(rest)
	type = literal(rest)
	detail = literal(rest)
	mend = literal(rest)
	if (rest != ")" || word == "" || mend == "")
		die("a row that cannot be read: " s)
	if (form == "markdown")
		print "| `" word "` | " status " | " code(detail) " |"
	else
		item(word, status, type, detail, mend)
}

# Names of settings, forms of requests and commands as code.
function code(s,	n, i, w, out, end)
{
	n = split(s, w, " ")
	for (i = 1; i <= n; i++) {
		end = match(w[i], /[;,.]+$/) ? substr(w[i], RSTART) : ""
		if (w[i] ~ /^(\?|[a-z]+_|[A-Z][a-z]*-[A-Z])/)
			w[i] = "`" substr(w[i], 1, length(w[i]) - \
			    length(end)) "`" end
		out = out (i > 1 ? " " : "") w[i]
	}
	return out
}

function item(word, status, type, detail, mend,	at)
{
	print ".It Sy " word " Pq " status (type != "" ? " , " type : "")
	sentences(detail)
	print ".Pp"
	at = match(mend, /(INSERT INTO|UPDATE) .*;$/) ? RSTART : 0
	if (at == 0) {
		sentences(mend)
		return
	}
	sentences(substr(mend, 1, at - 2))
	statements(substr(mend, at))
}

function statements(s,	cut)
{
	while ((cut = index(s, ";")) > 0) {
		print ".Dl " escape(substr(s, 1, cut))
		s = substr(s, cut + 2)
	}
}

# One to a line, as mdoc wants them.
function sentences(s)
{
	while (match(s, /[A-Za-z0-9)]\. [A-Za-z]/)) {
		print escape(substr(s, 1, RSTART + 1))
		s = substr(s, RSTART + 3)
	}
	print escape(s)
}

# Without gsub(), whose backslashes mean different things to different awks.
function escape(s,	i, c, out)
{
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		out = out (c in special ? special[c] : c)
	}
	return out
}

function heading(s)
{
	if (form == "markdown")
		return
	if (open)
		print ".El"
	print ".Ss " s
	print ".Bl -tag -width Ds"
	open = 1
}

function die(why)
{
	print "rules.awk: " why > "/dev/stderr"
	failed = 1
	exit 1
}

# The page from where it was left off up to the place of the rules, or its end.
function copy(	line)
{
	while ((getline line < page) > 0 && line != ".\\\" RULES")
		print line
}

BEGIN {
	special["\\"] = "\\e"
	special["'"] = "\\(aq"
	special["-"] = "\\-"
	print form == "markdown" ? "| rule | status | what callers read |\n" \
	    "|---|---|---|" : ".\\\" Made by build-aux/rules.awk."
	if (form != "markdown")
		copy()
}
/^\/\* [0-9].* \*\/$/ { heading(substr($0, 4, length($0) - 6)) }
/^ERR\(/ { text = ""; inside = 1 }
inside { text = text (text != "" ? " " : "") $0; sub(/ +/, " ", text) }
inside && /\)$/ { row(text); inside = 0; count++ }
END {
	if (failed)
		exit 1
	if (inside || count == 0)
		die("err.def has no end")
	if (form != "markdown") {
		print ".El"
		copy()
	}
}
