#!/bin/sh
# bootstrap, with stand-ins for all programs that it calls: what it installs,
# what it leaves as it was, what it says where it cannot install.

. "${srcdir:=.}/tests/tap.sh"
tempdir
tree=$dir/tree
bin=$dir/bin
mkdir "$tree" "$bin"
cp "$srcdir/bootstrap" "$tree"

# stand_in NAME SCRIPT: notes its call in $dir/calls, then does SCRIPT.
stand_in() {
	printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$dir" "$2" \
	    >"$bin/$1"
	chmod +x "$bin/$1"
}
for tool in sh dirname sed tr sort cut cat rm chmod awk; do
	ln -s "$(command -v $tool)" "$bin/$tool"
done
boot() {			# boot STATUS ARGUMENTS...
	: >"$dir/calls"
	wanted=$1
	shift
	PATH=$bin sh "$tree/bootstrap" "$@" >"$dir/said" 2>&1 </dev/null
	status=$?
	[ "$status" -eq "$wanted" ] || {
		echo "status $status"
		cat "$dir/said" "$dir/calls"
		return 1
	}
}
called() {
	has "$1" "$dir/calls"
}
not_called() {
	lacks "$1" "$dir/calls"
}
for tool in autoreconf automake aclocal make pkg-config; do
	stand_in $tool :
done
printf '#!/bin/sh\nprintf "configure"; printf " <%%s>" "$@"; echo\n' \
    >"$tree/configure"
chmod +x "$tree/configure"

# Elsewhere than on Debian.
stand_in id 'echo 1000'
ok "without apt-get it goes on"	boot 0 --prefix='/a b' --tests --enable-werror
ok "... naming what it needs"	has 'libfcgi-dev.*libcmocka-dev' "$dir/said"
ok "... handing on arguments"	has '<--prefix=/a b> <--enable-werror>$' \
	"$dir/said"
ok "... after autoreconf"	called '^autoreconf -fi$'
ok "without --tests"		boot 0
ok "... no test packages"	lacks 'cmocka' "$dir/said"
stand_in pkg-config '[ "$2" != inih ]'
ok "without a library it stops"	boot 1
ok "... naming it"		has 'cannot go on without inih$' "$dir/said"
stand_in pkg-config :

# On Debian, as an ordinary user without sudo.
stand_in dpkg-query 'case $* in *libinih-dev) exit 1 ;; *libcurl4-openssl-dev)
	echo "deinstall ok config-files" ;; *) echo "install ok installed" ;; esac'
stand_in apt-get :
stand_in apt-cache :
ok "without root or sudo"	boot 0
ok "... it says what is missing" has 'could not install: libinih-dev' \
	"$dir/said"
ok "... and does not try"	not_called '^apt-get'
ok "--no-install"		boot 0 --no-install
ok "... names it too"		has 'not installed: libinih-dev$' "$dir/said"

# With sudo and no terminal.
stand_in sudo 'exit 1'
ok "with sudo"			boot 0
ok "... only what is missing"	called \
	'^sudo -n sh .*/bootstrap --install-packages libinih-dev$'

# Debian has npm, or npm what it is to have.
stand_in dpkg-query 'case $* in *\ npm) exit 1 ;; *) echo "install ok installed"
	esac'
ok "without npm"		boot 0 --tests
ok "... it is installed"	called \
	'^sudo -n sh .*/bootstrap --install-packages npm$'
ok "... or said to be missing"	has 'no npm here.* is needed: axe-core@' \
	"$dir/said"
ok "... but not for a build"	boot 0
ok "... which needs none"	lacks npm "$dir/said"
mkdir -p "$dir/modules/axe-core"
stand_in npm '[ "$1" != root ] || echo "'"$dir"'/modules"'
ok "with npm"			boot 0 --tests
ok "... its package is installed" called \
	'^sudo -n sh .*/bootstrap --install-npm axe-core@[0-9.]*$'
ok "... or said to be missing"	has 'could not install: axe-core@[0-9.]*$' \
	"$dir/said"
ok "--no-install"		boot 0 --tests --no-install
ok "... names it too"		has 'not installed: axe-core@' "$dir/said"
stand_in id 'echo 0'
ok "as root"			boot 0 --tests
ok "... of that version"	called '^npm install --global .* axe-core@[0-9.]*$'
echo ' "version": "1.0.0",' >"$dir/modules/axe-core/package.json"
ok "an old one"			boot 0 --tests
ok "... is replaced"		called '^npm install --global'
sed -n "s/^npm_packages='axe-core@\(.*\)'/ \"version\": \"\1\",/p" \
    "$srcdir/bootstrap" >"$dir/modules/axe-core/package.json"
ok "the one that is wanted"	boot 0 --tests
ok "... stays"			not_called '^npm install'
ok "--bench"			boot 0 --bench
ok "... installs a peer"	called '^npm install --global .* cors-anywhere@'
ok "... and nothing for tests"	not_called '^npm install.*axe-core'
stand_in id 'echo 1000'
ok "--tests with --bench"	boot 0 --no-install --bench --tests
ok "... leaves nothing out"	has 'not installed: cors-anywhere@[0-9.]*$' \
	"$dir/said"

# Nothing is missing.
stand_in dpkg-query 'echo "install ok installed"'
ok "with all there"		boot 0 --tests
ok "... nobody is asked"	not_called '^apt\|^sudo'

done_testing
