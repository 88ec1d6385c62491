# Prints C source with comments blanked and the insides of string and character
# literals removed, line for line, so that a word found in it is code.
# An include keeps its file name.

function blank_comment(s,	end)
{
	end = index(s, "*/")
	inside = end == 0
	return inside ? "" : substr(s, end + 2)
}

# The text after the literal that s begins with.
function after_literal(s,	quote, i, c)
{
	quote = substr(s, 1, 1)
	for (i = 2; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\\")
			i++
		else if (c == quote)
			break
	}
	return substr(s, i + 1)
}

/^[ \t]*#[ \t]*include/ && !inside { print; next }

{
	rest = $0
	out = ""
	if (inside)
		rest = blank_comment(rest)
	while (rest != "" && match(rest, /\/\*|\/\/|["']/)) {
		out = out substr(rest, 1, RSTART - 1)
		mark = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART)
		if (mark == "//")
			rest = ""
		else if (mark == "/*") {
			out = out " "
			rest = blank_comment(substr(rest, 3))
		} else {
			out = out mark mark
			rest = after_literal(rest)
		}
	}
	print out rest
}
