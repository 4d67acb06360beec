/* capture_store.h - how rows of a relation are captured for a source. Private to the room. */
#ifndef CRM_CAPTURE_STORE_H
#define CRM_CAPTURE_STORE_H

#include "source/key_text.h"
#include "utils/relcache.h"

typedef struct crm_watched_column
{
	AttrNumber attribute;
	int16 length;
	bool by_value;
} crm_watched_column;

typedef struct crm_capture_plan
{
	bool known;        /* false: no such source, nothing to do */
	int32 row_id;      /* under which number a row's key is noted */
	int32 whole_id;    /* and under which that all of the source changed */
	char part_op;      /* of a part: what is noted whatever happened to its row; else '\0' */
	bool has_key;      /* false: only "all of the source" can be noted */
	bool is_inline;    /* resolved by the writing transaction */
	bool every_update; /* which columns matter cannot be told */
	bool key_may_fail;
	bool key_needs_settings;
	int nkeys;
	crm_key_column *keys;
	crm_watched_column *key_columns; /* the same, for comparing */
	int ncolumns;
	crm_watched_column *columns;
} crm_capture_plan;

/* Grows when plans may have changed: one that was found under another number is found again. */
extern uint64 crm_capture_generation;

/* Never raises for what is wrong with the registry: then all of the source is noted. */
extern const crm_capture_plan *crm_capture_plan_of(int32 source_id, Relation relation);

extern void crm_capture_store_begin(void);

#endif
