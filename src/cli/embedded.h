#ifndef VIADUCT_CLI_EMBEDDED_H
#define VIADUCT_CLI_EMBEDDED_H

/* The files that `viaduct init' writes, as they are in sql/ and etc/.  The
 * definitions are made at build time by build-aux/embed.awk. */
extern const char	embedded_schema[], embedded_sample[], embedded_ini[];

#endif
