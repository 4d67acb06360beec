/* lookup_cache.h - values that a look-up has found, for one query. Private to the room. */
#ifndef CRM_LOOKUP_CACHE_H
#define CRM_LOOKUP_CACHE_H

typedef struct crm_lookup_cache crm_lookup_cache;

/* In the current memory context, with which it goes. */
extern crm_lookup_cache *crm_lookup_cache_make(Oid key_type);

/* False: not known. *text stays until the next put, NULL if there is no value. */
extern bool crm_lookup_cache_get(crm_lookup_cache *cache, Datum key, const char **text);

/* May forget another. */
extern void crm_lookup_cache_put(crm_lookup_cache *cache, Datum key, const char *text);

#endif
