# Writes C source that defines `const char embedded_NAME[]' for each argument
# NAME=FILE: the file's text, byte for byte.  Text only: no NUL.  The variable
# `folder' is that of src/ whose embedded.h declares them.

function quote(s,	i, out)
{
	for (i = 1; i <= length(s); i++)
		out = out spell(substr(s, i, 1))
	return "\t\"" out "\\n\""
}

# Without gsub(), whose backslashes mean different things to different awks.
function spell(c)
{
	return c in special ? special[c] : c
}

function embed(name, file,	line, got)
{
	printf "\nconst char embedded_%s[] =\n\t\"\"", name
	while ((got = (getline line < file)) > 0)
		printf "\n%s", quote(line)
	if (got < 0) {
		print "embed.awk: cannot read " file > "/dev/stderr"
		exit 1
	}
	print ";"
	close(file)
}

BEGIN {
	special["\\"] = "\\\\"
	special["\""] = "\\\""
	special["\t"] = "\\t"
	special["\r"] = "\\r"
	special["?"] = "\\?"		# no trigraphs
	print "/* Made by build-aux/embed.awk. */"
	print "#include \"" folder "/embedded.h\""
	for (i = 1; i < ARGC; i++) {
		cut = index(ARGV[i], "=")
		embed(substr(ARGV[i], 1, cut - 1), substr(ARGV[i], cut + 1))
	}
}
