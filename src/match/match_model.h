/*
 * match_model.h - what the levels weigh: the parameters, and the odds of a pair.
 *
 * Fellegi and Sunter (1969) weigh one question: the same customer, or two strangers? Two records of
 * one household agree on much that strangers never share, so here there are several others that a
 * pair may be: strangers, members of a household, twins, namesakes of two generations, colleagues.
 * Each other has its own probability of every level; what it shares by its nature (the address of a
 * household) is no evidence against it. The weight of a pair is the log odds of "one customer"
 * against all of them together, in thousandths of a bit: above zero it is more likely one.
 */
#ifndef CRM_MATCH_MODEL_H
#define CRM_MATCH_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "match/match_level.h"

#define CRM_BIT 1000 /* weights are in thousandths of a bit */

typedef enum crm_other
{
	CRM_STRANGERS,
	CRM_HOUSEHOLD,
	CRM_TWINS,
	CRM_NAMESAKES, /* parent and child of one name */
	CRM_COLLEAGUES,
	CRM_OTHERS
} crm_other;

/*
 * Companies are fewer than people, and sit in one building otherwise than people live in one house:
 * they have odds of their own, behind those of people. Of them there are strangers, and neighbours
 * in place of a household; neither twins nor colleagues.
 */
#define CRM_OTHERS_OF_ORGANIZATIONS (CRM_HOUSEHOLD + 1)
#define CRM_ODDS (CRM_OTHERS + CRM_OTHERS_OF_ORGANIZATIONS)

static inline int
crm_odds_at(char kind, crm_other other)
{
	return kind == 'o' ? CRM_OTHERS + (int) other : (int) other;
}

/* Kinds of values whose frequency counts. */
typedef enum crm_term_kind
{
	CRM_TERM_GIVEN,
	CRM_TERM_FAMILY,
	CRM_TERM_CITY,
	CRM_TERM_KINDS
} crm_term_kind;

/*
 * log2 of how frequent the record's values are among all records, and among those of its country,
 * in thousandths of a bit. CRM_TERM_UNKNOWN: the level's own u says it.
 */
#define CRM_TERM_UNKNOWN 1

typedef struct crm_terms
{
	int16_t everywhere[CRM_TERM_KINDS];
	int16_t in_country[CRM_TERM_KINDS];
	bool common_given; /* so many have the given name that it is no typing error */
} crm_terms;

typedef struct crm_model
{
	double m[CRM_LEVELS];
	double u[CRM_LEVELS];
	double odds[CRM_ODDS]; /* log2 of pairs of that sort for each pair of one customer */

	/* made from the above by crm_model_prepare() */
	int32_t weight[CRM_OTHERS][CRM_LEVELS];
	int32_t step[CRM_LEVELS][CRM_OTHERS]; /* the same, as pairs are weighed: level by level */
	int32_t prior[CRM_ODDS];              /* against odds */
	int32_t log_u[CRM_LEVELS];
	uint64_t own[CRM_OTHERS]; /* levels in which they agree by chance only */
} crm_model;

/* What two records reach. */
typedef struct crm_pattern
{
	uint64_t levels;                   /* a bit each */
	int16_t frequency[CRM_TERM_KINDS]; /* of the values that agree exactly, as in crm_terms */
	char kind;                         /* 'p' or 'o' */
	bool alone; /* they share a mailbox or number, and no name can be compared */
} crm_pattern;

typedef struct crm_comparison
{
	int32_t weight;   /* log2 odds of one customer against all else */
	int32_t conflict; /* what speaks against, alone: zero or below */
} crm_comparison;

/* The built-in estimates; the prior is that of so many records. */
extern void crm_model_builtin(crm_model *model, int64_t records);
extern void crm_model_prepare(crm_model *model);

extern crm_comparison crm_weigh(const crm_model *model, const crm_pattern *pattern);

/*
 * The same in two steps, for who explains it: what speaks for one customer against each other
 * thing, and against the first n of them together. Of organizations fewer others are thought of.
 */
extern void crm_weigh_against(const crm_model *model, const crm_pattern *pattern,
							  int32_t weight[CRM_OTHERS]);
extern int32_t crm_weigh_together(const int32_t *weight, int n);
extern int crm_others_of(char kind);

/* Probabilities that a pair is one customer, and each of the others: they sum to 1. */
extern double crm_weigh_all(const crm_model *model, const crm_pattern *pattern,
							double other[CRM_OTHERS]);

/* Probability of a level where the pair is of that kind. */
extern double crm_model_probability(const crm_model *model, crm_other other, crm_level level);

extern const char *crm_other_name(crm_other other);

#endif
