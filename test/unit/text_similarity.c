/* text_similarity.c - the metrics against Winkler's published table and against plain ones. */
#include "text/text.h"

#include <math.h>

#include "tap.h"

typedef struct example
{
	const char *a;
	const char *b;
	double value; /* W. E. Winkler, Advanced methods for record linkage (1994), table 5 */
} example;

static const example published[] = {
	{"shackleford", "shackelford", 0.982},
	{"dunningham", "cunnigham", 0.896},
	{"nichleson", "nichulson", 0.956},
	{"jones", "johnson", 0.832},
	{"massey", "massie", 0.933},
	{"abroms", "abrams", 0.922},
	{"jeraldine", "geraldine", 0.926},
	{"marhta", "martha", 0.961},
	{"michelle", "michael", 0.921},
	{"julies", "julius", 0.933},
	{"tanya", "tonya", 0.880},
	{"dwayne", "duane", 0.840},
	{"sean", "susan", 0.805},
	{"jon", "john", 0.933},
	{"dixon", "dicksonx", 0.813},
};

static double
similarity(const char *a, const char *b)
{
	return crm_jaro_winkler(a, strlen(a), b, strlen(b));
}

static int
distance(const char *a, const char *b, int limit)
{
	return crm_edit_distance(a, strlen(a), b, strlen(b), limit);
}

static void
test_published(void)
{
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++)
		ok(fabs(similarity(published[i].a, published[i].b) - published[i].value) < 0.0006,
		   "%s %s is %.3f", published[i].a, published[i].b, published[i].value);
	ok(similarity("", "") == 1.0, "nothing equals nothing");
	ok(similarity("", "a") == 0.0, "nothing is not like something");
	ok(similarity("abc", "xyz") == 0.0, "nothing in common is 0");
	ok(similarity("abc", "abc") == 1.0, "equal is 1");
}

/* Plain optimal string alignment by the full matrix. */
static int
plain_distance(const char *a, const char *b)
{
	static int d[CRM_TEXT_MAX + 1][CRM_TEXT_MAX + 1];
	int n = (int) strlen(a);
	int m = (int) strlen(b);

	for (int i = 0; i <= n; i++)
		for (int j = 0; j <= m; j++)
		{
			int best = i == 0 ? j : i == 0 || j == 0 ? i : d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (i > 0 && d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (j > 0 && d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[n][m];
}

/* Plain Jaro-Winkler, asked first for the shorter (or smaller) of the two. */
static double
plain_similarity(const char *a, const char *b)
{
	bool used[CRM_TEXT_MAX] = {false};
	char found[CRM_TEXT_MAX];
	int n = (int) strlen(a);
	int m = (int) strlen(b);
	int window;
	int matches = 0;
	int moved = 0;
	int prefix = 0;
	double jaro;

	if (n > m || (n == m && strcmp(a, b) > 0))
		return plain_similarity(b, a);
	if (n == 0)
		return m == 0;
	window = m / 2 - 1 > 0 ? m / 2 - 1 : 0;
	for (int i = 0; i < n; i++)
		for (int j = i - window < 0 ? 0 : i - window; j <= i + window && j < m; j++)
			if (!used[j] && a[i] == b[j])
			{
				used[j] = true;
				found[matches++] = a[i];
				break;
			}
	for (int j = 0, k = 0; j < m; j++)
		if (used[j])
			moved += found[k++] != b[j];
	if (matches == 0)
		return 0;
	jaro =
		((double) matches / n + (double) matches / m + (double) (matches - moved / 2) / matches) /
		3;
	while (prefix < 4 && prefix < n && a[prefix] == b[prefix])
		prefix++;
	return jaro > 0.7 ? jaro + prefix * 0.1 * (1 - jaro) : jaro;
}

/* A word, and the same with a few errors: random pairs would have nothing in common. */
static void
make_pair(char *a, char *b, int longest, int letters)
{
	int n = (int) draw((unsigned int) longest + 1);
	int m = 0;

	for (int i = 0; i < n; i++)
		a[i] = (char) ('a' + draw((unsigned int) letters));
	a[n] = '\0';
	for (int i = 0; i < n && m < longest; i++)
	{
		unsigned int error = draw(10);

		if (error == 0)
			continue;
		b[m++] = error == 1 ? (char) ('a' + draw((unsigned int) letters)) : a[i];
		if (error == 2 && m < longest)
			b[m++] = 'a';
		if (error == 3 && m > 1)
		{
			char c = b[m - 1];

			b[m - 1] = b[m - 2];
			b[m - 2] = c;
		}
	}
	b[m] = '\0';
}

static void
test_against_plain(int longest, int rounds)
{
	int wrong_distance = 0;
	int wrong_limit = 0;
	int wrong_similarity = 0;
	int asymmetric = 0;
	int wrong_bound = 0;
	int wrong_most = 0;

	for (int round = 0; round < rounds; round++)
	{
		char a[CRM_TEXT_MAX + 1];
		char b[CRM_TEXT_MAX + 1];
		int limit = (int) draw(6);
		int want;
		uint64_t bags;

		make_pair(a, b, longest, round % 2 ? 4 : 26);
		want = plain_distance(a, b);
		bags = crm_letter_bag(a, strlen(a)) ^ crm_letter_bag(b, strlen(b));
		wrong_distance += distance(a, b, CRM_TEXT_MAX) != want;
		wrong_limit += distance(a, b, limit) != (want > limit ? limit + 1 : want);
		wrong_similarity += fabs(similarity(a, b) - plain_similarity(a, b)) > 1e-12;
		asymmetric +=
			similarity(a, b) != similarity(b, a) || distance(a, b, 9) != distance(b, a, 9);
		wrong_bound += __builtin_popcountll(bags) > 2 * want;
		wrong_most += crm_jaro_winkler_most(a, strlen(a), crm_letter_bag(a, strlen(a)), b, strlen(b),
											crm_letter_bag(b, strlen(b))) < similarity(a, b);
	}
	ok(wrong_distance == 0, "up to %d bytes: distance as by the full matrix", longest);
	ok(wrong_limit == 0, "up to %d bytes: limit + 1 beyond the limit", longest);
	ok(wrong_similarity == 0, "up to %d bytes: Jaro-Winkler as by the textbook", longest);
	ok(asymmetric == 0, "up to %d bytes: the same both ways", longest);
	ok(wrong_bound == 0, "up to %d bytes: letter bags differ by twice the distance at most",
	   longest);
	ok(wrong_most == 0, "up to %d bytes: Jaro-Winkler is at most what letter bags allow", longest);
}

int
main(void)
{
	test_published();
	ok(distance("ca", "abc", 9) == 3, "no edit inside a swap (optimal string alignment)");
	ok(distance("martha", "marhta", 9) == 1, "a swap of neighbours is one edit");
	test_against_plain(12, 20000);
	test_against_plain(64, 3000);
	test_against_plain(66, 3000);
	test_against_plain(CRM_TEXT_MAX, 300);
	return done();
}
