#!/bin/sh
# Starts viaduct under Apache's mod_fcgid or any server that runs FastCGI
# programs itself.  Change the folder, upload, chmod 755 (owner yours, nobody
# else may write: suexec refuses it otherwise).
#
# The environment of a hosted site is fixed by the host, so the place of the
# settings is said here.  Arguments are not handed on: a server may make them
# from the query string.
VIADUCT_CONFIG=/home/USER/viaduct/viaduct.ini
export VIADUCT_CONFIG
exec /home/USER/viaduct/bin/viaduct
