#ifndef VIADUCT_SERVE_TRY_FORM_H
#define VIADUCT_SERVE_TRY_FORM_H

struct buf;
struct fields;
struct routes;

/* What stands in the form; "" where nothing does. */
struct try_values {
	const char	*method, *path, *origin;
	const struct fields *fields;	/* NULL: none */
};

/*
 * Append the form by which the operator tries a request in the browser, by the
 * script of embedded_try, or has it explained, without a script.  Routes offer
 * their names for the path.  `mount' is where the gateway stands.
 */
void	 try_form(struct buf *, const char *mount, const struct routes *,
	    const struct try_values *);

#endif
