/* match_span.c - how alike two folded pieces of text are. */
#include <string.h>

#include "match/match_span.h"
#include "text/text.h"

double
crm_span_similarity(crm_span a, crm_span b)
{
	return crm_jaro_winkler(a.text, a.length, b.text, b.length);
}

double
crm_span_similarity_from(double least, crm_span a, uint64_t a_letters, crm_span b,
						 uint64_t b_letters)
{
	if (crm_jaro_winkler_most(a.text, a.length, a_letters, b.text, b.length, b_letters) < least)
		return 0;
	return crm_span_similarity(a, b);
}

bool
crm_span_one_error(crm_span a, crm_span b)
{
	size_t longer = a.length > b.length ? a.length : b.length;
	size_t shorter = a.length > b.length ? b.length : a.length;

	return longer - shorter <= 1 && longer >= 4 &&
		   crm_edit_distance(a.text, a.length, b.text, b.length, 1) <= 1;
}

static crm_span
word_at(const crm_words *words, int i)
{
	return (crm_span){words->word[i].text, words->word[i].length};
}

/* How many words of a stand in b too, allowing one error in longer words. */
int
crm_words_in_common(const crm_words *a, const crm_words *b)
{
	int common = 0;
	unsigned used = 0;

	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
		{
			crm_span x = word_at(a, i);
			crm_span y = word_at(b, j);

			if ((used & (1u << j)) == 0 &&
				(crm_span_equal(x, y) || (x.length >= 5 && crm_span_one_error(x, y))))
			{
				used |= 1u << j;
				common++;
				break;
			}
		}
	return common;
}

bool
crm_span_equal_without_spaces(crm_span a, crm_span b)
{
	size_t i = 0;
	size_t j = 0;

	for (;;)
	{
		while (i < a.length && a.text[i] == ' ')
			i++;
		while (j < b.length && b.text[j] == ' ')
			j++;
		if (i == a.length || j == b.length)
			return i == a.length && j == b.length;
		if (a.text[i++] != b.text[j++])
			return false;
	}
}

bool
crm_span_is_part_of(crm_span a, crm_span b)
{
	crm_words x;
	crm_words y;
	int common;

	crm_words_split(a.text, a.length, &x);
	crm_words_split(b.text, b.length, &y);
	if (x.n == y.n && x.n < 2)
		return false;
	common = crm_words_in_common(&x, &y);
	return common > 0 && common == (x.n < y.n ? x.n : y.n);
}
