/* text_similarity.c - Jaro-Winkler, optimal string alignment and the letter bag.
 *
 * Values come from crm_text_fold, so bytes are characters. Both metrics keep one bit a position in
 * a 64-bit word while the strings allow it: a pair of names costs some tens of nanoseconds. Only
 * the first CRM_TEXT_MAX bytes are compared, as fold keeps no more.
 */
#include "text/text.h"

#include <string.h>

#define WORD_BITS 64
#define WINKLER_PREFIX 4
#define WINKLER_SCALE 0.1
#define WINKLER_THRESHOLD 0.7 /* strcmp95: a common prefix adds nothing to what is far apart */

typedef struct pattern
{
	uint64_t at[256]; /* only the entries of bytes that occur are ever set or read */
} pattern;

static size_t
min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Positions of each byte of b; clearing what a asks for is cheaper than clearing 2 kB. */
static void
pattern_build(pattern *p, const unsigned char *a, size_t a_length, const unsigned char *b,
			  size_t b_length)
{
	for (size_t i = 0; i < a_length; i++)
		p->at[a[i]] = 0;
	for (size_t j = 0; j < b_length; j++)
		p->at[b[j]] = 0;
	for (size_t j = 0; j < b_length; j++)
		p->at[b[j]] |= UINT64_C(1) << j;
}

static double
jaro_value(size_t matches, size_t out_of_order, size_t a_length, size_t b_length)
{
	double m = (double) matches;

	if (matches == 0)
		return 0.0;
	return (m / (double) a_length + m / (double) b_length + (m - (double) (out_of_order / 2)) / m) /
		   3.0;
}

static size_t
jaro_window(size_t longer)
{
	return longer < 4 ? 0 : longer / 2 - 1;
}

/* Bits low..high-1. */
static uint64_t
bits_between(size_t low, size_t high)
{
	uint64_t below_high = high >= WORD_BITS ? ~UINT64_C(0) : (UINT64_C(1) << high) - 1;

	return low >= WORD_BITS ? 0 : below_high & ~((UINT64_C(1) << low) - 1);
}

/* Both at most 64 bytes, a not the longer. */
static double
jaro_short(const unsigned char *a, size_t a_length, const unsigned char *b, size_t b_length)
{
	pattern p;
	size_t window = jaro_window(b_length);
	unsigned char matched_a[WORD_BITS];
	uint64_t free_b = ~UINT64_C(0);
	uint64_t matched_b;
	size_t matches = 0;
	size_t out_of_order = 0;

	pattern_build(&p, a, a_length, b, b_length);
	for (size_t i = 0; i < a_length; i++)
	{
		size_t low = i > window ? i - window : 0;
		uint64_t found = p.at[a[i]] & free_b & bits_between(low, i + window + 1);

		if (found == 0)
			continue;
		free_b &= ~(found & -found); /* the leftmost */
		matched_a[matches++] = a[i];
	}
	matched_b = ~free_b;
	for (size_t k = 0; k < matches; k++)
	{
		out_of_order += matched_a[k] != b[__builtin_ctzll(matched_b)];
		matched_b &= matched_b - 1;
	}
	return jaro_value(matches, out_of_order, a_length, b_length);
}

/* The same by the textbook, for what does not fit a word. */
static double
jaro_long(const unsigned char *a, size_t a_length, const unsigned char *b, size_t b_length)
{
	bool taken[CRM_TEXT_MAX] = {false};
	unsigned char matched_a[CRM_TEXT_MAX];
	size_t window = jaro_window(b_length);
	size_t matches = 0;
	size_t out_of_order = 0;
	size_t k = 0;

	for (size_t i = 0; i < a_length; i++)
	{
		size_t j = i > window ? i - window : 0;
		size_t end = min_size(b_length, i + window + 1);

		while (j < end && (taken[j] || b[j] != a[i]))
			j++;
		if (j >= end)
			continue;
		taken[j] = true;
		matched_a[matches++] = a[i];
	}
	for (size_t j = 0; j < b_length; j++)
		if (taken[j])
			out_of_order += matched_a[k++] != b[j];
	return jaro_value(matches, out_of_order, a_length, b_length);
}

double
crm_jaro_winkler(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t prefix = 0;
	double jaro;

	a_length = min_size(a_length, CRM_TEXT_MAX);
	b_length = min_size(b_length, CRM_TEXT_MAX);
	if (a_length == b_length && memcmp(a, b, a_length) == 0)
		return 1.0;

	/* The greedy matching depends on who is asked first: settle that, or w(a,b) != w(b,a). */
	if (a_length > b_length || (a_length == b_length && memcmp(a, b, a_length) > 0))
	{
		const char *text = a;
		size_t length = a_length;

		a = b;
		a_length = b_length;
		b = text;
		b_length = length;
	}
	if (a_length == 0)
		return 0.0;

	jaro = (b_length <= WORD_BITS ? jaro_short : jaro_long)((const unsigned char *) a, a_length,
															(const unsigned char *) b, b_length);
	if (jaro <= WINKLER_THRESHOLD)
		return jaro;
	while (prefix < min_size(a_length, WINKLER_PREFIX) && a[prefix] == b[prefix])
		prefix++;
	return jaro + (double) prefix * WINKLER_SCALE * (1.0 - jaro);
}

/*
 * Each bit in which the bags differ is a letter that the other has not, so that they share half of
 * the rest at most; at best all of those stand in order.
 */
double
crm_jaro_winkler_most(const char *a, size_t a_length, uint64_t a_bag, const char *b,
					  size_t b_length, uint64_t b_bag)
{
	static const double rounding = 1e-9;
	size_t least = min_size(a_length, b_length);
	size_t letters = a_length + b_length;
	size_t apart = (size_t) __builtin_popcountll(a_bag ^ b_bag);
	size_t shared = letters > apart ? (letters - apart) / 2 : 0;
	size_t prefix = 0;
	double jaro;

	if (a_length > CRM_TEXT_MAX || b_length > CRM_TEXT_MAX || letters == 0)
		return 1.0;
	jaro = jaro_value(min_size(shared, least), 0, a_length, b_length) + rounding;
	if (jaro <= WINKLER_THRESHOLD)
		return jaro;
	while (prefix < min_size(least, WINKLER_PREFIX) && a[prefix] == b[prefix])
		prefix++;
	return jaro + (double) prefix * WINKLER_SCALE * (1.0 - jaro) + rounding;
}

/* Hyyrö 2003: one column of the matrix a step; a is 1 to 64 bytes. */
static int
distance_short(const unsigned char *a, size_t a_length, const unsigned char *b, size_t b_length)
{
	pattern p;
	uint64_t last = UINT64_C(1) << (a_length - 1);
	uint64_t plus = ~UINT64_C(0);
	uint64_t minus = 0;
	uint64_t zero = 0;
	uint64_t before = 0;
	int distance = (int) a_length;

	pattern_build(&p, b, b_length, a, a_length);
	for (size_t j = 0; j < b_length; j++)
	{
		uint64_t match = p.at[b[j]];
		uint64_t swap = ((~zero & match) << 1) & before;
		uint64_t right_plus;
		uint64_t right_minus;

		zero = ((((match & plus) + plus) ^ plus) | match | minus) | swap;
		right_plus = minus | ~(zero | plus);
		right_minus = zero & plus;
		distance += (right_plus & last) != 0;
		distance -= (right_minus & last) != 0;
		right_plus = (right_plus << 1) | 1;
		right_minus <<= 1;
		plus = right_minus | ~(zero | right_plus);
		minus = zero & right_plus;
		before = match;
	}
	return distance;
}

static int
min_int(int a, int b)
{
	return a < b ? a : b;
}

static int
distance_long(const unsigned char *a, size_t a_length, const unsigned char *b, size_t b_length)
{
	int rows[3][CRM_TEXT_MAX + 1];
	int *two_above = rows[0];
	int *above = rows[1];
	int *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		above[j] = (int) j;
	for (size_t i = 1; i <= a_length; i++)
	{
		int *oldest = two_above;

		row[0] = (int) i;
		for (size_t j = 1; j <= b_length; j++)
		{
			row[j] =
				min_int(min_int(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = min_int(row[j], two_above[j - 2] + 1);
		}
		two_above = above;
		above = row;
		row = oldest;
	}
	return above[b_length];
}

/*
 * What is left of two strings one edit apart, once all that they begin and end with is gone: one
 * letter, two, or two that have changed places. x is not the longer.
 */
static bool
is_one_edit(const unsigned char *x, size_t x_length, const unsigned char *y, size_t y_length)
{
	return y_length == 1 || (x_length == 2 && y_length == 2 && x[0] == y[1] && x[1] == y[0]);
}

int
crm_edit_distance(const char *a, size_t a_length, const char *b, size_t b_length, int limit)
{
	const unsigned char *x = (const unsigned char *) a;
	const unsigned char *y = (const unsigned char *) b;
	size_t x_length = min_size(a_length, CRM_TEXT_MAX);
	size_t y_length = min_size(b_length, CRM_TEXT_MAX);
	int distance;

	/* What both begin and end with never needs an edit. */
	while (x_length > 0 && y_length > 0 && *x == *y)
		x++, y++, x_length--, y_length--;
	while (x_length > 0 && y_length > 0 && x[x_length - 1] == y[y_length - 1])
		x_length--, y_length--;

	if (x_length > y_length)
	{
		const unsigned char *text = x;
		size_t length = x_length;

		x = y;
		x_length = y_length;
		y = text;
		y_length = length;
	}
	if ((int) (y_length - x_length) > limit)
		return limit + 1;
	if (x_length == 0)
		return (int) y_length;
	if (limit == 1)
		return is_one_edit(x, x_length, y, y_length) ? 1 : 2;
	distance = (x_length <= WORD_BITS ? distance_short : distance_long)(x, x_length, y, y_length);
	return distance > limit ? limit + 1 : distance;
}

/*
 * Bits 0-25 say that a letter occurs, 26-51 that it occurs twice or more, 52-61 are digits, 62 the
 * space, 63 the rest. A replacement moves at most two bits, an insertion or deletion one, a swap
 * none: popcount(x ^ y) <= 2 * distance.
 */
uint64_t
crm_letter_bag(const char *text, size_t length)
{
	uint64_t bag = 0;

	for (size_t i = 0; i < length; i++)
	{
		unsigned char c = (unsigned char) text[i];

		if (c >= 'a' && c <= 'z')
		{
			uint64_t once = UINT64_C(1) << (c - 'a');

			bag |= (bag & once) << 26 | once;
		}
		else if (c >= '0' && c <= '9')
			bag |= UINT64_C(1) << (52 + (c - '0'));
		else
			bag |= UINT64_C(1) << (c == ' ' ? 62 : 63);
	}
	return bag;
}
