/* source_read.h - runs queries of departmental tables; the inner side of source.h. */
#ifndef CRM_SOURCE_READ_H
#define CRM_SOURCE_READ_H

#include "source/source_query.h"
#include "utils/relcache.h"

/*
 * Runs work(arg) in a subtransaction as the owner of the source's table, under the pinned
 * settings, a fresh snapshot and SPI. NULL if it went well, else the error, rolled back. Cancel,
 * shutdown, lack of memory and conflicts between transactions are raised.
 */
extern ErrorData *crm_source_guarded(const crm_source *source, void (*work)(void *), void *arg);

/* Whether the error is one of the source as a whole, not of some row's values. */
extern bool crm_source_is_broken(const ErrorData *error);

/* The error's text without the values that it quotes. */
extern char *crm_source_error_text(const ErrorData *error);

/*
 * The rows of these keys of a source or part, without what hangs on them, bad ones with their
 * error; or the error of the table as a whole.
 */
extern ErrorData *crm_source_read_rows(const crm_source *source, const char *const *keys, int nkeys,
									   List **rows);

/* No more than this many of them, whichever: to find out whether there are more. */
extern ErrorData *crm_source_read_some(const crm_source *source, const char *const *keys, int nkeys,
									   int most, List **rows);

/* Reads no row at all, only to learn whether the source can be read: NULL, or the error. */
extern ErrorData *crm_source_probe(const crm_source *source);

/* The same for all that is read for a source: *broken is what cannot be. */
extern ErrorData *crm_source_probe_all(const crm_source *source, const crm_source **broken);

/* Raises it as the source's. */
extern void crm_source_raise_broken(const crm_source *source, const ErrorData *error)
	pg_attribute_noreturn();

/* Raises what came of looking at rows before there is a source, without the values of any. */
extern void crm_source_raise_unreadable(Relation relation, const ErrorData *error, const char *hint)
	pg_attribute_noreturn();

/* Raises, at this level, that the source has been marked; NULL: it is gone, nothing is raised. */
extern void crm_source_raise_marked(const crm_source *source, int level);

/* Marks the source as needing attention because of this error. */
extern void crm_source_mark_broken(const crm_source *source, const ErrorData *error);

#endif
