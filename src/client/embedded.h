#ifndef VIADUCT_CLIENT_EMBEDDED_H
#define VIADUCT_CLIENT_EMBEDDED_H

/* What pages are made of, as it is in this folder.  The definitions are made at
 * build time by build-aux/embed.awk. */
extern const char	embedded_style[];	/* style.css */
extern const char	embedded_try[];		/* try.js */
extern const char	embedded_image[];	/* image.svg; a tmpl_fill() text */

#endif
