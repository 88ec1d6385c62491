#include "http/key.h"

#include <string.h>
#include <strings.h>

static const char	 mark[] = "vd1_";
static const char	 base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz234567";
static const char	 base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789-_";

const char *
key_bearer(const char *value)
{
	size_t	 blanks;

	if (strncasecmp(value, "Bearer", 6) != 0)
		return NULL;
	blanks = strspn(value + 6, " \t");
	return blanks > 0 ? value + 6 + blanks : NULL;
}

bool
key_is_ours(const char *value)
{
	for (;; value += strcspn(value, ",")) {
		value += strspn(value, ", \t");
		if (strncasecmp(value, "Bearer", 6) == 0)
			value += 6 + strspn(value + 6, " \t");
		if (strncmp(value, mark, strlen(mark)) == 0)
			return true;
		if (*value == '\0')
			return false;
	}
}

bool
key_is_id(const char *text, size_t len)
{
	return len == KEY_ID_LEN && strspn(text, base32) >= len;
}

bool
key_read(const char *text, struct key_text *key)
{
	const char	*id;

	if (strlen(text) != KEY_LEN || strncmp(text, mark, strlen(mark)) != 0)
		return false;
	id = text + strlen(mark);
	if (!key_is_id(id, strcspn(id, "_")))
		return false;
	memcpy(key->id, id, KEY_ID_LEN);
	key->id[KEY_ID_LEN] = '\0';
	key->secret = id + KEY_ID_LEN + 1;
	return strspn(key->secret, base64url) == KEY_SECRET_LEN;
}
