#ifndef VIADUCT_CLIENT_STATUS_H
#define VIADUCT_CLIENT_STATUS_H

#include <stdbool.h>

struct buf;
struct page_frame;
struct stats_view;

/* What the operator's pages of the counters tell. */
struct status {
	const struct stats_view	*view;
	const char		*chosen;	/* the name of a scope that
					 * stands on top; any text; NULL */
	bool			 leave;	/* a pass, that was shown */
	bool			 looked;	/* at settings and table */
	bool			 sound;	/* so they are; else the last good
					 * ones are in use */
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

/* The page with plots, and tables beside them. */
void	 status_page(struct buf *, const struct page_frame *,
	    const struct status *, const char *mount);

/* The page that asks for the operator's key, by a form that is sent to the
 * very address that was asked for. */
struct status_ask {
	bool		 failed;	/* what was sent is not the key */
	bool		 exposed;	/* others can read it on its way */
	bool		 beside_pages;	/* of targets, that run on this host */
	bool		 in_vain;	/* a pass would be worth nothing, so
					 * that there is no form */
};
void	 status_ask(struct buf *, const struct page_frame *,
	    const struct status_ask *);

#endif
