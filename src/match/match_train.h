/*
 * match_train.h - finds a model without labels.
 *
 * u comes from pairs drawn at random. m, and how many pairs of each sort there are, come from the
 * pairs that share a blocking key, by expectation and maximisation (Dempster, Laird and Rubin 1977;
 * Winkler 1988 for record linkage) over distinct patterns with their counts. The built-in estimates
 * count as so many pairs beside the data, so that small data bends them and large data replaces
 * them.
 */
#ifndef CRM_MATCH_TRAIN_H
#define CRM_MATCH_TRAIN_H

#include "match/match_model.h"

typedef struct crm_counted_pattern
{
	crm_pattern pattern;
	double count;
} crm_counted_pattern;

typedef struct crm_training
{
	/* in */
	const crm_counted_pattern *patterns; /* of pairs that share a key, each pair once */
	int npatterns;
	double random[CRM_LEVELS]; /* how often pairs drawn at random reach each level */
	double random_pairs;
	double records;
	double organizations; /* of the records */

	/* out */
	crm_model model;
	int iterations;
	bool converged;
	double all_pairs;              /* of all people with each other, and of all organizations */
	double customers;              /* expected pairs of one customer among those that share a key */
	double customer_organizations; /* the organizations among them */
	double others[CRM_ODDS];       /* of the rest */
	double by_rule; /* pairs that plain rules take for one customer, over their recall */
	double reached[CRM_LEVELS]; /* expected pairs of one customer at each level */
} crm_training;

extern void crm_train(crm_training *training);

/* Patterns that differ by less than a bit of frequency are one for training. */
extern void crm_pattern_round(crm_pattern *pattern);

/* An order of patterns: equal ones stand together. */
extern int crm_pattern_order(const crm_pattern *a, const crm_pattern *b);

#endif
