#include "store/conf_value.h"

#include <limits.h>

/* Below 2^53, so that every program which reads numbers as doubles agrees. */
#define MAX_BYTES	((int64_t)1 << 53)
#define SECONDS(n)	((n) * 1000)
#define KIB(n)		((int64_t)(n) << 10)

#define OF_CONF(member)	.offset = offsetof(struct conf, member)
#define OF_RULE(member)	.per_route = true, \
			.offset = offsetof(struct rules, member)
#define RANGE(low, high) .min = (low), .max = (high)
#define LIST		.list = true

/* By section, in the order of the manual and of etc/viaduct.ini. */
static const struct setting settings[] = {
	{ "app", "app_name", "Viaduct", .type = &conf_text,
	    OF_CONF(app_name), RANGE(1, 64) },
	{ "app", "general_error", "Gateway error", .type = &conf_text,
	    OF_CONF(general_error), RANGE(1, 80) },
	{ "app", "base_path", "", .type = &conf_base_path,
	    OF_CONF(base_path), RANGE(0, 180) },
	{ "app", "contact", "", .type = &conf_contact,
	    OF_CONF(contact), RANGE(0, 180) },
	{ "app", "pages", "", .type = &conf_place,
	    OF_CONF(pages), RANGE(0, 180) },
	{ "app", "operator_key_file", "", .type = &conf_place,
	    OF_CONF(operator_key_file), RANGE(0, 180) },

	{ "routes", "database", "routes.db", .type = &conf_path,
	    OF_CONF(database), RANGE(1, 180) },
	{ "routes", "remote_url", "", .type = &conf_url,
	    OF_CONF(remote_url), RANGE(0, 180) },
	{ "routes", "targets", "named", .type = &conf_targets,
	    OF_CONF(whole.targets) },
	{ "routes", "target_hosts", "", LIST, .type = &conf_hosts,
	    OF_CONF(whole) },
	{ "routes", "filtered_path", "", LIST, .type = &conf_filters,
	    OF_RULE(filters) },
	{ "routes", "filtered_url_msg", "Filtered URL.", .type = &conf_text,
	    OF_CONF(filtered_url_msg), RANGE(1, 180) },

	{ "cors", "allow_origins", "", LIST, .type = &conf_origins,
	    OF_RULE(cors) },
	{ "cors", "require_origin", "no", .type = &conf_truth,
	    OF_RULE(cors.require_origin) },
	{ "cors", "own_origin", "", LIST, .type = &conf_own,
	    OF_RULE(cors) },
	{ "cors", "embed", "no", .type = &conf_truth,
	    OF_RULE(embed) },
	{ "cors", "allow_methods", "GET HEAD POST PUT PATCH DELETE", LIST,
	    .type = &conf_methods, .per_route = true },
	{ "cors", "allow_headers", "*", LIST, .type = &conf_names,
	    OF_RULE(cors.headers) },
	{ "cors", "expose_headers", "*", LIST, .type = &conf_names,
	    OF_RULE(cors.expose) },
	{ "cors", "allow_credentials", "no", .type = &conf_truth,
	    OF_RULE(cors.credentials) },
	{ "cors", "max_age", "600", .type = &conf_int,
	    OF_RULE(cors.max_age_seconds), RANGE(0, 86400) },
	{ "cors", "cors", "own", .type = &conf_cors,
	    OF_RULE(cors.target) },
	{ "cors", "allow_private_network", "no", .type = &conf_truth,
	    OF_RULE(cors.private_network) },
	{ "cors", "timing_allow_origin", "no", .type = &conf_truth,
	    OF_RULE(cors.timing) },

	{ "access", "access", "open", .type = &conf_access,
	    OF_RULE(access) },
	{ "access", "rate_limit", "20/s burst 100", .type = &conf_rate,
	    OF_RULE(rate), RANGE(1, RATE_MAX_BURST) },
	{ "access", "trusted_proxies", "", LIST, .type = &conf_nets,
	    OF_CONF(trusted_proxies) },
	{ "access", "jwt_algorithm", "", .type = &conf_algorithm,
	    OF_CONF(jwt_algorithm) },
	{ "access", "jwt_key_file", "", .type = &conf_token_key,
	    OF_CONF(jwt_key_file), RANGE(0, 180) },
	{ "access", "jwt_issuer", "", .type = &conf_claim,
	    OF_CONF(jwt_issuer), RANGE(0, 180) },
	{ "access", "jwt_audience", "", .type = &conf_claim,
	    OF_CONF(jwt_audience), RANGE(0, 180) },

	{ "upstream", "request_timeout", "11", .type = &conf_seconds,
	    OF_RULE(request_timeout_ms), RANGE(100, SECONDS(3600)) },
	{ "upstream", "connect_timeout", "5", .type = &conf_seconds,
	    OF_RULE(connect_timeout_ms), RANGE(100, SECONDS(300)) },
	{ "upstream", "idle_timeout", "30", .type = &conf_seconds,
	    OF_RULE(idle_timeout_ms), RANGE(100, SECONDS(3600)) },
	{ "upstream", "total_timeout", "600", .type = &conf_seconds,
	    OF_RULE(total_timeout_ms), RANGE(0, SECONDS(86400)) },
	{ "upstream", "payload_quota", "100M", .type = &conf_size,
	    OF_RULE(payload_quota_bytes), RANGE(0, MAX_BYTES) },
	{ "upstream", "upload_quota", "10M", .type = &conf_size,
	    OF_RULE(upload_quota_bytes), RANGE(0, MAX_BYTES) },
	{ "upstream", "redirects", "same-site", .type = &conf_redirects,
	    OF_RULE(redirects) },
	{ "upstream", "max_redirects", "5", .type = &conf_int,
	    OF_RULE(max_redirects), RANGE(0, 20) },
	{ "upstream", "verify_tls", "yes", .type = &conf_truth,
	    OF_RULE(verify_tls) },
	{ "upstream", "ca_file", "", .type = &conf_ca_file,
	    OF_RULE(ca_file), RANGE(0, 1000) },
	{ "upstream", "outbound_proxy", "", .type = &conf_proxy,
	    OF_CONF(outbound_proxy), RANGE(0, 180) },
	{ "upstream", "allow_private", "no", LIST, .type = &conf_private,
	    OF_RULE(allow_private) },
	{ "upstream", "forward_headers", "", LIST, .type = &conf_only,
	    .per_route = true },
	{ "upstream", "no_headers", "no", .type = &conf_truth,
	    OF_RULE(no_headers) },
	{ "upstream", "forwarded", "none", .type = &conf_forwarded,
	    OF_RULE(forwarded) },
	{ "upstream", "ports", "80 443", LIST, .type = &conf_ports,
	    OF_CONF(whole), RANGE(1, 65535) },
	{ "upstream", "user_agent", "", .type = &conf_agent,
	    OF_RULE(user_agent), RANGE(0, 1000) },
	{ "upstream", "cookies", "drop", .type = &conf_cookies,
	    OF_RULE(cookies) },
	{ "upstream", "render", "no", .type = &conf_truth,
	    OF_RULE(render) },
	{ "upstream", "tls_pin", "", .type = &conf_pin,
	    OF_RULE(tls_pin), RANGE(0, 1000) },
	{ "upstream", "preserve_host", "no", .type = &conf_truth,
	    OF_RULE(preserve_host) },
	/* libcurl itself ends a head of 300 kB */
	{ "upstream", "header_quota", "32K", .type = &conf_size,
	    OF_RULE(header_quota_bytes), RANGE(KIB(1), KIB(256)) },

	{ "log", "access", "state/access.log", .type = &conf_log_path,
	    OF_CONF(access_log), RANGE(1, 180) },
	{ "log", "format", "combined", .type = &conf_log_format,
	    OF_CONF(log_format) },
	{ "log", "max_size", "10M", .type = &conf_size,
	    OF_CONF(log_max_bytes), RANGE(0, MAX_BYTES) },
	{ "log", "level", "warning", .type = &conf_level,
	    OF_CONF(log_level) },

	{ "debug", "trace_connection", "no", .type = &conf_truth,
	    OF_CONF(trace_connection) },
	{ "debug", "dump_request", "no", .type = &conf_truth,
	    OF_CONF(dump_request) },

	{ "server", "state", "state", .type = &conf_path,
	    OF_CONF(state), RANGE(1, 180) },
	{ "server", "threads", "64", .type = &conf_int,
	    OF_CONF(threads), RANGE(1, 4096) },
	{ "server", "max_requests", "0", .type = &conf_long,
	    OF_CONF(max_requests), RANGE(0, INT_MAX) },
};

const struct setting *
conf_settings(size_t *count)
{
	*count = sizeof(settings) / sizeof(settings[0]);
	return settings;
}
