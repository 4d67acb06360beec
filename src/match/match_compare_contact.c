/* match_compare_contact.c - e-mails, telephone numbers and identifiers compared. */
#include <string.h>

#include "match/match_evidence.h"
#include "match/match_span.h"
#include "match/match_value.h"
#include "text/text.h"

/* john.smith80 and john.smith81 are two people, however near the letters are. */
static bool
same_digits_in(crm_span a, crm_span b)
{
	size_t i = 0;
	size_t j = 0;

	for (;;)
	{
		while (i < a.length && (a.text[i] < '0' || a.text[i] > '9'))
			i++;
		while (j < b.length && (b.text[j] < '0' || b.text[j] > '9'))
			j++;
		if (i == a.length || j == b.length)
			return i == a.length && j == b.length;
		if (a.text[i++] != b.text[j++])
			return false;
	}
}

static bool
contains(crm_span text, crm_span part)
{
	if (part.length < 3)
		return false;
	for (size_t i = 0; i + part.length <= text.length; i++)
		if (memcmp(text.text + i, part.text, part.length) == 0)
			return true;
	return false;
}

/* A mailbox named after its owner repeats the name: at another provider it says nothing new. */
static bool
is_derived_from_name(crm_span local, const crm_profile *p)
{
	for (size_t i = 0; i < local.length; i++)
		if (local.text[i] >= '0' && local.text[i] <= '9')
			return false;
	return contains(local, p->family) || contains(local, p->given);
}

/* fam.smith@, smith@: everybody at home reads it. */
static bool
is_of_family(crm_span local, crm_span family)
{
	char letters[CRM_TEXT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < local.length && n < sizeof(letters); i++)
		if (local.text[i] >= 'a' && local.text[i] <= 'z')
			letters[n++] = local.text[i];
	if (!contains((crm_span){letters, n}, family))
		return false;
	return n == family.length || memcmp(letters, "fam", 3) == 0 ||
		   contains((crm_span){letters + family.length, n - family.length}, (crm_span){"fam", 3});
}

static bool
emails_one_error(const crm_profile_email *a, const crm_profile_email *b)
{
	crm_span x = {a->local.text, a->local.length + 1 + a->domain.length};
	crm_span y = {b->local.text, b->local.length + 1 + b->domain.length};

	if (a->shared || b->shared || !same_digits_in(a->local, b->local))
		return false;
	if ((a->free || b->free) && (a->local.length < 6 || b->local.length < 6))
		return false;
	if (__builtin_popcountll(a->letters ^ b->letters) > 4)
		return false; /* an edit changes two bits at most */
	return x.length >= 9 && crm_edit_distance(x.text, x.length, y.text, y.length, 2) <= 2;
}

/* ann.lee, ann_lee, annlee: whoever came second had to write the name otherwise. */
static bool
same_but_separators(crm_span a, crm_span b)
{
	size_t i = 0;
	size_t j = 0;

	for (;;)
	{
		while (i < a.length && strchr("._-", a.text[i]) != NULL)
			i++;
		while (j < b.length && strchr("._-", b.text[j]) != NULL)
			j++;
		if (i == a.length || j == b.length)
			return i == a.length && j == b.length;
		if (a.text[i++] != b.text[j++])
			return false;
	}
}

/* john@smith and joan@smith differ as John and Joan do: that is no error, nor a second proof. */
static bool
each_names_its_own(crm_span x, const crm_profile *p, crm_span y, const crm_profile *q)
{
	return contains(x, p->given) && contains(y, q->given) && !contains(x, q->given) &&
		   !contains(y, p->given);
}

static crm_level
email_level(const crm_profile *p, const crm_profile_email *a, const crm_profile *q,
			const crm_profile_email *b)
{
	bool domain = crm_span_equal(a->domain, b->domain);

	if (domain && crm_span_equal(a->local, b->local))
		return a->shared                           ? CRM_EMAIL_SHARED
			   : is_of_family(a->local, p->family) ? CRM_EMAIL_FAMILY
												   : CRM_EMAIL_EXACT;
	if (a->free && same_but_separators(a->local, b->local) && is_derived_from_name(a->local, p))
		return CRM_EMAIL_NAMED;
	if (emails_one_error(a, b) && !each_names_its_own(a->local, p, b->local, q))
		return CRM_EMAIL_CLOSE;
	if (!a->shared && a->local.length >= 6 && crm_span_equal(a->local, b->local))
		return is_derived_from_name(a->local, p) ? CRM_EMAIL_NAMED : CRM_EMAIL_LOCAL;
	return domain && !a->free ? CRM_EMAIL_DOMAIN : CRM_EMAIL_DIFFERENT;
}

bool
crm_mailboxes_name_two(const crm_profile *a, const crm_profile *b)
{
	bool two = false;

	for (int i = 0; i < a->nemails; i++)
		for (int j = 0; j < b->nemails; j++)
		{
			const crm_profile_email *x = &a->emails[i];
			const crm_profile_email *y = &b->emails[j];

			if (crm_span_equal(x->local, y->local) && crm_span_equal(x->domain, y->domain))
				return false;
			two |= each_names_its_own(x->local, a, y->local, b);
		}
	return two;
}

void
crm_compare_emails(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	crm_level best = CRM_EMAIL_DIFFERENT;

	if (a->nemails == 0 || b->nemails == 0)
		return;
	for (int i = 0; i < a->nemails; i++)
		for (int j = 0; j < b->nemails; j++)
		{
			crm_level level = email_level(a, &a->emails[i], b, &b->emails[j]);

			if (level < best)
				best = level;
		}
	crm_reach(e, best);
	/* a mailbox of one's own is enough where nobody is named */
	e->pattern.alone |= best <= CRM_EMAIL_FAMILY && !e->named;
}

static bool
phone_one_error(uint64_t a, uint64_t b)
{
	int different = 0;

	while ((a > 0 || b > 0) && different <= 2)
	{
		different += a % 10 != b % 10;
		a /= 10;
		b /= 10;
	}
	return different == 1;
}

void
crm_compare_phones(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	crm_level best = CRM_PHONE_DIFFERENT;

	if (a->nphones == 0 || b->nphones == 0)
		return;
	for (int i = 0; i < a->nphones; i++)
		for (int j = 0; j < b->nphones; j++)
		{
			if (crm_value_same_phone(a->phones[i], b->phones[j]))
				best = CRM_PHONE_EXACT;
			else if (best > CRM_PHONE_CLOSE && phone_one_error(a->phones[i], b->phones[j]))
				best = CRM_PHONE_CLOSE;
		}
	crm_reach(e, best);
	e->pattern.alone |= best == CRM_PHONE_EXACT && !e->named;
}

void
crm_compare_identifiers(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	crm_level best = CRM_LEVELS;

	for (int i = 0; i < a->nidentifiers; i++)
		for (int j = 0; j < b->nidentifiers; j++)
		{
			crm_span x = a->identifiers[i].value;
			crm_span y = b->identifiers[j].value;
			crm_level level = CRM_IDENTIFIER_DIFFERENT;

			if (a->identifiers[i].attribute != b->identifiers[j].attribute)
				continue;
			if (crm_span_equal(x, y))
				level = CRM_IDENTIFIER_EXACT;
			else if (x.length >= 6 && crm_span_one_error(x, y))
				level = CRM_IDENTIFIER_CLOSE;
			if (level < best)
				best = level;
		}
	if (best == CRM_LEVELS)
		return;
	crm_reach(e, best);
}
