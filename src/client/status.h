#ifndef VIADUCT_CLIENT_STATUS_H
#define VIADUCT_CLIENT_STATUS_H

#include <stdbool.h>

struct buf;
struct stats_view;

/* What the operator's pages of the counters tell. */
struct status {
	const struct stats_view	*view;
	bool			 sound;	/* so settings and table are; else the
					 * last good ones are in use */
};

/*
 * The form of _status.json: an object, whose member `version' is STATUS_VERSION
 * as long as no member changes its meaning or goes; more may come.
 * viaduct(1) has the members.
 */
enum { STATUS_VERSION = 1 };
void	 status_json(struct buf *, const struct status *);

/* Prometheus' text format. */
extern const char	status_metrics_type[];	/* Content-Type */
void	 status_metrics(struct buf *, const struct status *);

#endif
