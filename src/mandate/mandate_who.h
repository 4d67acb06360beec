/* mandate_who.h - who may take a decision, and how a refusal says so. */
#ifndef CRM_MANDATE_WHO_H
#define CRM_MANDATE_WHO_H

#include "mandate/mandate.h"

/* What a decision is asked about. */
typedef struct crm_asked
{
	const char *person; /* who wants to */
	const char *decision;
	int nscope;
	const crm_scope_value *scope; /* sorted by dimension */
	Numeric amount;               /* NULL: unknown, or none */
	int64 customer_id;            /* 0: none */
	const char *subject;          /* of a function of crm; NULL: none */
	TimestampTz at;
} crm_asked;

/*
 * The ruling on what is asked, at any time; in the current memory context. That of now is found
 * faster by crm_permit_ruling().
 */
extern const crm_ruling *crm_ruling_of(const crm_asked *asked);

/* Error 42704, with the codes that are spelt nearly so, for a decision that does not exist. */
extern void crm_check_decision(const char *decision);

/* Amounts above one and up to another (NULL: without bound) on which there is the same ruling. */
typedef struct crm_band
{
	Numeric above;
	Numeric up_to;
	const crm_ruling *ruling;
} crm_band;

/* All of them, the largest amounts first; the amount that is asked does not matter. */
extern int crm_bands_of(const crm_asked *asked, crm_band **bands);

/* Somebody who may, in a position of his. */
typedef struct crm_taker
{
	const char *person;
	const crm_ruling *ruling; /* CRM_ALLOWED or CRM_CONSULT_FIRST, by a mandate of that position */
} crm_taker;

/* Whether the money is there, by what the caller knows of it. */
typedef bool (*crm_can_afford)(const crm_asked *asked, const crm_taker *taker);

typedef enum crm_who
{
	CRM_WHO_ALL,      /* may, some of them only after they have consulted others */
	CRM_WHO_AT_ONCE,  /* may alone and now */
	CRM_WHO_ONE_EACH, /* the same, one person for each of the first positions */
	CRM_WHO_CONSULTS  /* one person each of those who must consult */
} crm_who;

/*
 * Who may, in the current memory context: the least privileged position first (smallest limit, then
 * furthest from the top of the reporting line, then by name; where one of each is asked for, of
 * equal limits first those that asked->person reports to). Returns how many. can_afford may be
 * NULL.
 */
extern int crm_who_may(const crm_asked *asked, crm_who who, crm_can_afford can_afford,
					   crm_taker **takers);

/*
 * Who may answer what asked->person asks for, one for each mandate by which he may, joint ones
 * (joint_id) too; in the current memory context. Four eyes: not he himself, nobody in a position
 * of his, nor by a mandate that a position of his shared (who shares keeps the power, who hands
 * over gave it away and may ask for it); contractor and machine act, but answer nothing. answerer:
 * this one only; NULL: all. Returns how many.
 */
extern int crm_who_answer(const crm_asked *asked, const char *answerer, crm_taker **takers);

extern bool crm_may_answer_as(const char *capacity);

/* Where a position is, seen by who asks. */
typedef struct crm_standing
{
	bool above;  /* he is appointed to it, or to one that reports to it */
	bool filled; /* there is somebody who acts in it */
	int height;  /* how many positions are above it */
} crm_standing;

extern crm_standing crm_standing_of(const crm_asked *asked, const char *position);

/* The position that gave a charter, or the oldest that stands above others; NULL: there is none. */
extern const char *crm_giver_of(int32 mandate_id);

/* Who may only together, each of them one of the signers that are needed. Returns how many. */
extern int crm_who_sign(const crm_asked *asked, crm_taker **takers);

/* Why a ruling does not allow, in sentences; nothing about money that is gone. */
extern char *crm_refusal_detail(const crm_ruling *ruling, const crm_asked *asked);

/* Who may, and the statement that asks them. */
extern char *crm_refusal_hint(const crm_ruling *ruling, const crm_asked *asked,
							  crm_can_afford can_afford);

#endif
