#include "serve/caller.h"

#include <stddef.h>

#include "http/fields.h"
#include "store/keys.h"
#include "store/routes.h"

/* The key that is presented, and by which field; NULL if there is none. */
static const char *
presented(struct caller *c, const struct fields *fs)
{
	const char	*value = fields_get(fs, "X-API-Key");

	if (value != NULL && key_is_ours(value)) {
		c->by_api_key = true;
		return value;
	}
	value = fields_get(fs, "Authorization");
	if (value == NULL || (value = key_bearer(value)) == NULL ||
	    !key_is_ours(value))
		return NULL;
	c->by_authorization = true;
	return value;
}

static void
refuse(struct caller *c, enum err e, const char *reason)
{
	c->err = e;
	c->reason = reason;
}

static void
prove_key(struct caller *c, const struct evidence *x, const char *key)
{
	const char	*why;

	why = keys_refuse(x->keys, key, x->route->name, x->now, c->key_id);
	if (why != NULL) {
		refuse(c, ERR_KEY_REQUIRED, why);
		return;
	}
	c->authenticated = true;
	c->user = c->key_id;
}

void
caller_prove(struct caller *c, const struct evidence *x)
{
	const char	*key = presented(c, x->fields);
	bool		 needed;

	if (x->route == NULL)
		return;
	needed = x->route->rules.access == ACCESS_KEY;
	if (x->keys_stale) {
		/* a key that cannot be judged proves nothing */
		if (needed)
			refuse(c, ERR_KEYS_STALE, NULL);
	} else if (key != NULL)
		prove_key(c, x, key);
	else if (needed)
		refuse(c, ERR_KEY_REQUIRED, "there is none");
}
