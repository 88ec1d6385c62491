#ifndef VIADUCT_CLIENT_FRAME_H
#define VIADUCT_CLIENT_FRAME_H

#include <stdbool.h>

struct buf;
struct conf;
struct lang;

/*
 * What all HTML pages made here have in common: the head with the style sheet
 * (style.css), the name of the whole over the page's <main>, whom to ask below
 * it.  What goes between page_open() and page_close() begins with <h1>.
 */
struct page_frame {
	const struct conf *conf;	/* NULL: the texts are the defaults */
	const char	*title;		/* of the window; any text */
	const struct lang *lang;	/* that was asked for; NULL: English,
					 * whatever was */
	int		 refresh_s;	/* loaded again after so long, by
					 * reply_page(); 0: never */
	bool		 wide;		/* tables and plots need the room */
	bool		 form;		/* a form sends to this host */
	const char	*script;	/* runs at the end, and may fetch from
					 * this host; trusted; NULL: none */
};

void	 page_open(struct buf *, const struct page_frame *);
void	 page_close(struct buf *, const struct page_frame *);

/* Append the link to a contact, not escaped; nothing where it is no link: only
 * mail addresses and http(s) URLs are. */
void	 page_contact_url(struct buf *, const char *contact);

/* The page's Content-Security-Policy: nothing but the style sheet and what the
 * frame names. */
void	 page_policy(struct buf *, const struct page_frame *);

#endif
