#include "client/lang.h"

const struct lang lang_en = {
	.tag = "en",
	.text = {
		[TEXT_GENERAL_ERROR] = "Gateway error",
		[TEXT_HEADING_TARGET] =
		    "The site behind this address is not available",
		[TEXT_HEADING_GATEWAY] = "This gateway is out of order",
		[TEXT_HEADING_REQUEST] = "This request was not carried out",
		[TEXT_HEADING_FILTERED] =
		    "This address cannot be reached from here",
		[TEXT_AGAIN_SECONDS] =
		    "This page asks again by itself in {{n}} seconds.",
		[TEXT_AGAIN_MINUTES] =
		    "This page asks again by itself in {{n}} minutes.",
		[TEXT_RULE] = "Rule",
		[TEXT_REQUEST] = "Request",
		[TEXT_CONTACT] = "Contact:",
		[TEXT_START_TITLE] = "Gateway",
		[TEXT_START_HEADING] = "A gateway for scripts",
		[TEXT_START_PURPOSE] =
		    "Pages of allowed origins read other servers through this "
		    "address, which adds the CORS headers that those servers "
		    "do not send.",
		[TEXT_START_NAMED] =
		    "The operator gives each server a name; ask for it like "
		    "this:",
		[TEXT_START_WHOLE] =
		    "Or ask for a whole URL, as far as the operator permits "
		    "its host:",
		[TEXT_START_ERRORS] =
		    "An answer that cannot be given says why: as JSON to "
		    "scripts, with the word of the rule in its member rule.",
		[TEXT_START_OPERATOR] = "For the operator",
	},
	.rule = {
#define ERR(member, status, target, word, type, detail, mend) \
	[member] = detail,
#include "core/err.def"
#undef ERR
	},
};
