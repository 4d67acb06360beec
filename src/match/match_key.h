/* match_key.h - blocking keys: two records are compared if they share one. */
#ifndef CRM_MATCH_KEY_H
#define CRM_MATCH_KEY_H

#include "match/match_profile.h"

#define CRM_KEYS_MAX 64 /* the fullest record has 50 */

/*
 * What a key is made of. The kind is part of the key, so what each kind finds and costs can be told
 * from the keys alone. Only ever add at the end: stored keys have the number.
 */
typedef enum crm_key_kind
{
	CRM_KEY_EMAIL,
	CRM_KEY_LOCAL,
	CRM_KEY_DOMAIN,
	CRM_KEY_PHONE,
	CRM_KEY_IDENTIFIER,
	CRM_KEY_DATE,
	CRM_KEY_DATE_INITIAL,
	CRM_KEY_MONTH_NAME,
	CRM_KEY_DAY_NAME,
	CRM_KEY_NAME,
	CRM_KEY_NAME_CITY,
	CRM_KEY_NAME_YEAR,
	CRM_KEY_POSTAL_NAME,
	CRM_KEY_CITY_NAME,
	CRM_KEY_STREET_NUMBER,
	CRM_KEY_ORGANIZATION,
	CRM_KEY_WORD,
	CRM_KEY_WORD_POSTAL,
	CRM_KEY_WORD_CITY,
	CRM_KEY_KINDS
} crm_key_kind;

/* The kind stands in the upper bits: keys of one kind lie together in an index. */
#define CRM_KEY_BITS 58

static inline crm_key_kind
crm_key_kind_of(int64_t key)
{
	return (crm_key_kind) (key >> CRM_KEY_BITS);
}

extern const char *crm_key_kind_name(crm_key_kind kind);
extern const char *crm_key_kind_meaning(crm_key_kind kind);

/* CRM_KEY_KINDS: there is none of that name. */
extern crm_key_kind crm_key_kind_named(const char *name);

/*
 * Ways of finding a pair: kinds of one way fail together, kinds of different ways independently, so
 * far as anything is independent in such data.
 */
typedef enum crm_key_way
{
	CRM_WAY_EMAIL,
	CRM_WAY_PHONE,
	CRM_WAY_IDENTIFIER,
	CRM_WAY_DATE,
	CRM_WAY_NAME,
	CRM_WAY_PLACE,
	CRM_KEY_WAYS
} crm_key_way;

extern crm_key_way crm_key_kind_way(crm_key_kind kind);

/*
 * A key that more records have than this finds nothing: it is a mailbox of an office, a placeholder
 * or a name like any other. Whether it is too common is a function of the records that exist, so
 * the order in which they came does not matter.
 */
#define CRM_KEY_COMMON 50

#define CRM_KEY_ALL_KINDS ((UINT64_C(1) << CRM_KEY_KINDS) - 1)

/* Distinct keys of a profile, in ascending order; returns how many. */
extern int crm_profile_keys(const crm_profile *profile, int64_t keys[CRM_KEYS_MAX]);

/* Single keys as they are among those: of a number's last digits, a mailbox, two sounds of a name.
 */
extern int64_t crm_phone_key(uint64_t tail);
extern int64_t crm_mailbox_key(crm_span local);
extern int64_t crm_name_key(const char *sound, const char *other);

/* Those of the kinds (a bit each) stay, in their order; returns how many. */
extern int crm_keys_keep(int64_t *keys, int n, uint64_t kinds);

#endif
