/*
 * match_typo.h - what somebody may have meant who made one typing error: a letter too many, too
 * few, another one, or two neighbours swapped.
 *
 * Blocking keys survive errors in one attribute because others agree; a search often names one
 * only.
 */
#ifndef CRM_MATCH_TYPO_H
#define CRM_MATCH_TYPO_H

#include "match/match_level.h"
#include "match/match_model.h"
#include "match/match_profile.h"

#define CRM_TYPO_KEYS 2048
#define CRM_SOUNDS_MAX 16 /* words of a record's names */

/* A set of keys, or of sounds; what has no room is left out. */
typedef struct crm_typos
{
	int n;
	int64_t key[CRM_TYPO_KEYS];
} crm_typos;

/* Keys of records that may be meant, in no order; some of them more than once. */
extern void crm_typo_phone(uint64_t phone, crm_typos *typos);
extern void crm_typo_mailbox(crm_span local, crm_typos *typos);
extern void crm_typo_name(crm_span given, crm_span family, crm_typos *typos);

/* Sounds of the word, and of the same word with one error in it, each once and itself first. */
extern void crm_typo_sounds(crm_span word, crm_typos *typos);

/* Sounds of all words of a record's names, each once: what a lone word is looked up by. */
extern int crm_profile_sounds(const crm_profile *profile, int32_t sounds[CRM_SOUNDS_MAX]);

/* Where one error stands between what was asked and what is stored, they agree but for an error. */
extern void crm_typo_forgive(crm_pattern *pattern, const crm_profile *asked,
							 const crm_profile *stored);

#endif
