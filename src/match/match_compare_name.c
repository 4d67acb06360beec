/* match_compare_name.c - names of people and organizations compared. */
#include <string.h>

#include "match/match_evidence.h"
#include "match/match_name.h"
#include "match/match_span.h"
#include "text/text.h"

/* A name with what is known of it from the opening of its profile. */
typedef struct name
{
	crm_span span;
	const crm_name_traits *traits;
} name;

static name
given_of(const crm_profile *p)
{
	return (name){p->given, &p->given_traits};
}

static name
family_of(const crm_profile *p)
{
	return (name){p->family, &p->family_traits};
}

static bool
sound_alike(const crm_name_traits *a, const crm_name_traits *b)
{
	return a->sound_length > 1 && a->sound_length == b->sound_length &&
		   memcmp(a->sound, b->sound, a->sound_length) == 0;
}

static bool
equal_without_spaces(name a, name b)
{
	if (a.traits->words == 1 && b.traits->words == 1)
		return crm_span_equal(a.span, b.span);
	return crm_span_equal_without_spaces(a.span, b.span);
}

static bool
one_error(name a, name b)
{
	return __builtin_popcountll(a.traits->letters ^ b.traits->letters) <= 2 &&
		   crm_span_one_error(a.span, b.span);
}

static bool
is_part_of(name a, name b)
{
	return (a.traits->words > 1 || b.traits->words > 1) && crm_span_is_part_of(a.span, b.span);
}

static double
similarity_from(double least, name a, name b)
{
	return crm_span_similarity_from(least, a.span, a.traits->letters, b.span, b.traits->letters);
}

static void
reach_given(crm_evidence *e, crm_level level, const crm_profile *a, const crm_profile *b)
{
	if (level == CRM_GIVEN_EXACT)
		crm_reach_term(e, level, CRM_TERM_GIVEN, a, b);
	else
		crm_reach(e, level);
}

static void
reach_family(crm_evidence *e, crm_level level, const crm_profile *a, const crm_profile *b)
{
	if (level == CRM_FAMILY_EXACT)
		crm_reach_term(e, level, CRM_TERM_FAMILY, a, b);
	else
		crm_reach(e, level);
}

static bool
is_initial_of(crm_span a, crm_span b)
{
	crm_span brief = a.length < b.length ? a : b;

	return (brief.length == 1 || (brief.length > 1 && brief.text[1] == ' ')) &&
		   a.text[0] == b.text[0];
}

static crm_span
first_word(name a)
{
	return (crm_span){a.span.text, a.traits->first};
}

/* Bill, William J. */
static bool
is_form_of(name a, name b)
{
	return crm_span_equal(first_word(a), first_word(b)) ||
		   crm_given_names_meet(a.traits->form, b.traits->form);
}

static bool
ends_with(crm_span name, size_t stem, const char *ending)
{
	return name.length == stem + strlen(ending) &&
		   memcmp(name.text + stem, ending, name.length - stem) == 0;
}

/* Paul and Paula, Mario and Maria: near in letters, yet two people, often married. */
static bool
is_other_gender(crm_span a, crm_span b)
{
	static const char *const endings[][2] = {
		{"", "a"},  {"", "e"},   {"", "ina"}, {"", "na"},
		{"", "ne"}, {"e", "ie"}, {"o", "a"},  {"us", "a"},
	};
	size_t stem = 0;

	while (stem < a.length && stem < b.length && a.text[stem] == b.text[stem])
		stem++;
	if (stem < 3)
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
	{
		/* a vowel before what is added makes a typing error of it: joshua, joshuaa */
		if (*endings[i][0] == '\0' && strchr("aeiou", a.text[stem - 1]) != NULL)
			continue;
		if ((ends_with(a, stem, endings[i][0]) && ends_with(b, stem, endings[i][1])) ||
			(ends_with(b, stem, endings[i][0]) && ends_with(a, stem, endings[i][1])))
			return true;
	}
	return false;
}

/* Anna is called so, Anna Maria too; Maria is more often her sister or her mother. */
static bool
same_first_word(name a, name b)
{
	crm_span x = first_word(a);
	crm_span y = first_word(b);

	return crm_span_equal(x, y) || crm_span_one_error(x, y);
}

static crm_level
given_level(name a, name b)
{
	double s;

	if (equal_without_spaces(a, b))
		return CRM_GIVEN_EXACT;
	if (is_initial_of(a.span, b.span))
		return CRM_GIVEN_INITIAL;
	if (is_form_of(a, b))
		return CRM_GIVEN_FORM;
	if (is_other_gender(a.span, b.span))
		return CRM_GIVEN_UNCLEAR;
	if (one_error(a, b))
		return CRM_GIVEN_CLOSE;
	if (is_part_of(a, b))
		return same_first_word(a, b) ? CRM_GIVEN_PART : CRM_GIVEN_SIMILAR;
	s = similarity_from(0.72, a, b);
	if (s >= 0.93)
		return CRM_GIVEN_CLOSE;
	if (s >= 0.85 || sound_alike(a.traits, b.traits))
		return CRM_GIVEN_SIMILAR;
	return s >= 0.72 ? CRM_GIVEN_UNCLEAR : CRM_GIVEN_DIFFERENT;
}

static crm_level
family_level(name a, name b)
{
	double s;

	if (equal_without_spaces(a, b))
		return CRM_FAMILY_EXACT;
	if (one_error(a, b))
		return CRM_FAMILY_CLOSE;
	if (is_part_of(a, b))
		return CRM_FAMILY_PART;
	s = similarity_from(0.75, a, b);
	if (s >= 0.93)
		return CRM_FAMILY_CLOSE;
	if (s >= 0.87 || sound_alike(a.traits, b.traits))
		return CRM_FAMILY_SIMILAR;
	return s >= 0.75 ? CRM_FAMILY_UNCLEAR : CRM_FAMILY_DIFFERENT;
}

/* One source splits "Anna Maria Lopez" after the first word, another after the second. */
static bool
same_words(const crm_profile *a, const crm_profile *b)
{
	char x[2 * CRM_TEXT_MAX];
	char y[2 * CRM_TEXT_MAX];
	crm_words wa;
	crm_words wb;

	if (a->given.length + a->family.length != b->given.length + b->family.length)
		return false;
	memcpy(x, a->given.text, a->given.length);
	x[a->given.length] = ' ';
	memcpy(x + a->given.length + 1, a->family.text, a->family.length);
	memcpy(y, b->given.text, b->given.length);
	y[b->given.length] = ' ';
	memcpy(y + b->given.length + 1, b->family.text, b->family.length);
	crm_words_split(x, a->given.length + 1 + a->family.length, &wa);
	crm_words_split(y, b->given.length + 1 + b->family.length, &wb);
	/* of two words there is one split */
	return wa.n == wb.n && wa.n > 2 && crm_words_in_common(&wa, &wb) == wa.n;
}

static bool
is_swapped(const crm_profile *a, const crm_profile *b)
{
	crm_level x = given_level(given_of(a), family_of(b));
	crm_level y;

	if (x > CRM_GIVEN_INITIAL)
		return false;
	y = given_level(family_of(a), given_of(b));
	return y <= CRM_GIVEN_INITIAL && (x <= CRM_GIVEN_CLOSE || y <= CRM_GIVEN_CLOSE);
}

/* A single name may be either of the two. */
static bool
lone_name(const crm_profile *a, const crm_profile *b, name *x, name *y)
{
	if (a->given.length > 0 && a->family.length > 0)
		return false;
	*x = a->given.length > 0 ? given_of(a) : family_of(a);
	if (b->given.length > 0 && b->family.length > 0)
		*y = family_level(*x, family_of(b)) <= family_level(*x, given_of(b)) ? family_of(b)
																			 : given_of(b);
	else
		*y = b->given.length > 0 ? given_of(b) : family_of(b);
	return x->span.length > 0 && y->span.length > 0;
}

static void
compare_lone_names(const crm_profile *a, const crm_profile *b, name x, name y, crm_evidence *e)
{
	crm_level family = family_level(x, y);
	crm_level given = given_level(x, y);

	if (given < CRM_GIVEN_UNCLEAR && (a->family.length == 0 || b->family.length == 0))
		reach_given(e, given, a, b);
	else if (family < CRM_FAMILY_UNCLEAR)
		reach_family(e, family, a, b);
	else if ((a->family.length > 0) == (b->family.length > 0) ||
			 (a->given.length > 0) == (b->given.length > 0))
		crm_reach(e, family);
	/* a given name here and a family name there say nothing */
}

/*
 * Written so twice it is no typing error: Joan is not John; and names that many have, as Mark and
 * Mary, are two names unless they are two spellings of one.
 */
static bool
are_two_names(const crm_profile *a, const crm_profile *b)
{
	if (crm_mailboxes_name_two(a, b))
		return true;
	return a->terms.common_given && b->terms.common_given &&
		   !sound_alike(&a->given_traits, &b->given_traits);
}

static void
compare_full_names(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	crm_level given = given_level(given_of(a), given_of(b));
	crm_level family = family_level(family_of(a), family_of(b));

	if ((given == CRM_GIVEN_CLOSE || given == CRM_GIVEN_SIMILAR) && are_two_names(a, b))
		given = CRM_GIVEN_UNCLEAR;
	if (given >= CRM_GIVEN_SIMILAR || family >= CRM_FAMILY_SIMILAR)
	{
		if (is_swapped(a, b))
		{
			crm_reach(e, CRM_NAME_SWAPPED);
			return;
		}
		if (same_words(a, b))
		{
			given = CRM_GIVEN_EXACT;
			family = CRM_FAMILY_EXACT;
		}
	}
	reach_given(e, given, a, b);
	reach_family(e, family, a, b);
}

void
crm_compare_names(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	name x;
	name y;

	if (a->generation && b->generation && a->generation != b->generation)
		crm_reach(e, CRM_GENERATION_DIFFERENT);
	if (a->given.length > 0 && a->family.length > 0 && b->given.length > 0 && b->family.length > 0)
	{
		e->named = true;
		compare_full_names(a, b, e);
	}
	else if (lone_name(a, b, &x, &y) || lone_name(b, a, &x, &y))
	{
		e->named = true;
		compare_lone_names(a, b, x, y, e);
	}
}

/* "hldgs" for holdings, "pharm" for pharmaceutical: its letters in their order, the first first. */
static bool
is_abbreviation(crm_span brief, crm_span full)
{
	size_t j = 0;

	if (brief.length < 3 || brief.length + 2 > full.length || brief.text[0] != full.text[0])
		return false;
	for (size_t i = 0; i < full.length && j < brief.length; i++)
		if (full.text[i] == brief.text[j])
			j++;
	return j == brief.length;
}

static bool
same_company_word(crm_span a, crm_span b)
{
	return crm_span_equal(a, b) || (a.length >= 5 && crm_span_one_error(a, b)) ||
		   is_abbreviation(a, b) || is_abbreviation(b, a) || crm_span_similarity(a, b) >= 0.94;
}

/* How many words of two names can be laid side by side; bits of b's tell which. */
static int
company_words_in_common(const crm_words *a, const crm_words *b, unsigned *of_a, unsigned *of_b)
{
	unsigned used = 0;
	int common = 0;

	*of_a = 0;

	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
			if ((used & (1u << j)) == 0 &&
				same_company_word((crm_span){a->word[i].text, a->word[i].length},
								  (crm_span){b->word[j].text, b->word[j].length}))
			{
				*of_a |= 1u << i;
				used |= 1u << j;
				common++;
				break;
			}
	*of_b = used;
	return common;
}

/*
 * Alpine Paper and Alpine Paper Products may be one; Alpine Paper Corporation is another: its name
 * ends where the other goes on.
 */
static bool
goes_on_otherwise(const crm_words *fuller, unsigned matched, char end, char brief_end)
{
	return brief_end != 0 && brief_end != end && (matched >> (fuller->n - 1) & 1) == 0;
}

crm_level
crm_organization_level(const crm_profile *p, const crm_profile *q)
{
	crm_span a = p->organization;
	crm_span b = q->organization;
	bool ends = p->organization_end == 0 || q->organization_end == 0 ||
				p->organization_end == q->organization_end;
	unsigned of_a;
	unsigned of_b;
	crm_words x;
	crm_words y;
	int common;

	if (crm_span_equal_without_spaces(a, b))
		return ends ? CRM_ORGANIZATION_EXACT : CRM_ORGANIZATION_PART;
	crm_words_split(a.text, a.length, &x);
	crm_words_split(b.text, b.length, &y);
	common = company_words_in_common(&x, &y, &of_a, &of_b);
	if (common == x.n && common == y.n)
		return ends ? CRM_ORGANIZATION_CLOSE : CRM_ORGANIZATION_PART;
	if (common > 0 && (common == x.n || common == y.n))
	{
		if (common == x.n ? goes_on_otherwise(&y, of_b, q->organization_end, p->organization_end)
						  : goes_on_otherwise(&x, of_a, p->organization_end, q->organization_end))
			return CRM_ORGANIZATION_DIFFERENT;
		return CRM_ORGANIZATION_PART;
	}
	if (crm_span_one_error(a, b) || (common == 0 && crm_span_similarity(a, b) >= 0.93))
		return CRM_ORGANIZATION_CLOSE;
	if (common * 2 >= (x.n > y.n ? x.n : y.n) && crm_span_similarity(a, b) >= 0.95)
		return CRM_ORGANIZATION_SIMILAR;
	return CRM_ORGANIZATION_DIFFERENT;
}

void
crm_compare_organizations(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	if (a->organization.length == 0 || b->organization.length == 0)
		return;
	e->named = true;
	crm_reach(e, crm_organization_level(a, b));
}
