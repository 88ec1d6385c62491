#include "upstream/transfer.h"

/* What a broken answer is called before its head has reached us, and after. */
static enum err
broken(const struct transfer *t)
{
	return t->head_done ? ERR_RESPONSE_INCOMPLETE : ERR_BAD_RESPONSE;
}

static enum err
no_connection(const struct transfer *t)
{
	if (t->no_descriptors)
		return ERR_NO_DESCRIPTORS;
	return t->refused ? ERR_ADDRESS_PROHIBITED : ERR_CONNECTION_REFUSED;
}

static enum err
timed_out(const struct transfer *t)
{
	if (!t->connected)
		return t->refused ? ERR_ADDRESS_PROHIBITED :
		    ERR_CONNECTION_TIMEOUT;
	return t->head_done ? ERR_READ_TIMEOUT : ERR_RESPONSE_TIMEOUT;
}

/* What libcurl's result means here, when none of our callbacks said more. */
enum err
transfer_error(const struct transfer *t, CURLcode rc)
{
	switch (rc) {
	case CURLE_OK:
		return t->head_done ? OK : ERR_RESPONSE_INCOMPLETE;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return ERR_DNS;
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
	case CURLE_ABORTED_BY_CALLBACK:
		return no_connection(t);
	case CURLE_OPERATION_TIMEDOUT:
		return timed_out(t);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		return ERR_TLS_CERTIFICATE;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_ENGINE_SETFAILED:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_SHUTDOWN_FAILED:
		return ERR_TLS_PROTOCOL;
	case CURLE_UNSUPPORTED_PROTOCOL:	/* HTTP/0.9, no HTTP at all */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_RECV_ERROR:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_HTTP3:
		return broken(t);
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_ERROR:
	case CURLE_SEND_FAIL_REWIND:	/* lost on a kept connection */
		return ERR_RESPONSE_INCOMPLETE;
#if LIBCURL_VERSION_NUM >= 0x080600
	case CURLE_TOO_LARGE:
#endif
	case CURLE_OUT_OF_MEMORY:	/* also a line of over 100 kB */
		return t->answering ? ERR_HEAD_TOO_LARGE : ERR_NO_MEMORY;
	default:
		return ERR_INTERNAL;
	}
}
