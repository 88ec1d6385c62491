#!/bin/sh
# Starts viaduct as plain CGI: one process per request, for hosts without
# FastCGI.  Change the folder, upload, chmod 755 (owner yours, nobody else may
# write: suexec refuses it otherwise).
#
# Arguments are not handed on: Apache makes them from a query string without
# "=" (RFC 3875 4.4), so a caller would choose them.
VIADUCT_CONFIG=/home/USER/viaduct/viaduct.ini
export VIADUCT_CONFIG
exec /home/USER/viaduct/bin/viaduct
