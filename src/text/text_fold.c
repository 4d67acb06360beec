/* text_fold.c - UTF-8 text to lower-case ASCII words.
 *
 * Three roads, the cheap ones first: ASCII by table; the Latin letters that European names use
 * (U+00C0 to U+017F) by table; everything else in runs through ICU, which is not touched before
 * the first such run (it costs a fresh connection milliseconds). The transliterator is kept for
 * the life of the process and opened only for a script that case folding does not bring to Latin.
 */
#include "text/text.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#define RUN_MAX 128               /* code units handed to ICU at once */
#define EXPANDED_MAX RUN_MAX * 20 /* NFKC makes at most 18 of one */

typedef struct sink
{
	char *out;
	size_t room; /* without the terminating zero */
	size_t length;
	bool gap; /* a space is due before the next letter */
} sink;

/*
 * U+00C0 to U+017F, two bytes a letter: what is left without marks, or the letter written out.
 * "  " is no letter.
 */
static const char latin[] = "a a a a a a aec e e e e i i i i "  /* 00C0 */
							"d n o o o o o   o u u u u y thss"  /* 00D0 */
							"a a a a a a aec e e e e i i i i "  /* 00E0 */
							"d n o o o o o   o u u u u y thy "  /* 00F0 */
							"a a a a a a c c c c c c c c d d "  /* 0100 */
							"d d e e e e e e e e e e g g g g "  /* 0110 */
							"g g g g h h h h i i i i i i i i "  /* 0120 */
							"i i ijijj j k k k l l l l l l l "  /* 0130 */
							"l l l n n n n n n n n n o o o o "  /* 0140 */
							"o o oeoer r r r r r s s s s s s "  /* 0150 */
							"s s t t t t t t u u u u u u u u "  /* 0160 */
							"u u u u w w y y y z z z z z z s "; /* 0170 */

#define LATIN_FIRST 0x00C0
#define LATIN_LAST 0x017F

static void
put(sink *to, char c)
{
	if (to->gap)
	{
		to->gap = false;
		if (to->length > 0 && to->length < to->room)
			to->out[to->length++] = ' ';
	}
	if (to->length < to->room)
		to->out[to->length++] = c;
}

static bool
put_ascii(sink *to, UChar32 c)
{
	if (c >= 'a' && c <= 'z')
		put(to, (char) c);
	else if (c >= 'A' && c <= 'Z')
		put(to, (char) (c + ('a' - 'A')));
	else if (c >= '0' && c <= '9')
		put(to, (char) c);
	else if (c < 0x80)
		to->gap = true;
	else
		return false;
	return true;
}

/* ASCII, Latin-1 and Latin Extended-A, combining marks: all that European names need. */
static bool
put_simple(sink *to, UChar32 c)
{
	const char *letters;

	if (put_ascii(to, c))
		return true;
	if (c >= 0x0300 && c <= 0x036F)
		return true;
	if (c == 0x018F || c == 0x0259) /* schwa, which ICU leaves alone: passports write Aliyev */
	{
		put(to, 'a');
		return true;
	}
	if (c < LATIN_FIRST || c > LATIN_LAST)
		return false;
	letters = latin + 2 * (c - LATIN_FIRST);
	if (letters[0] == ' ')
	{
		to->gap = true;
		return true;
	}
	put(to, letters[0]);
	if (letters[1] != ' ')
		put(to, letters[1]);
	return true;
}

static bool
is_mark(UChar32 c)
{
	return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

/* The letters of a decomposed run; false if one of them is no Latin letter that we can write. */
static bool
put_run(sink *to, const UChar *run, int32_t length, bool must)
{
	int32_t i = 0;

	while (i < length)
	{
		UChar32 c;

		U16_NEXT(run, i, length, c);
		if (put_simple(to, c) || is_mark(c))
			continue;
		if (!must && u_isalnum(c))
			return false;
		if (u_isdigit(c))
			put(to, (char) ('0' + u_charDigitValue(c)));
		else
			to->gap = true;
	}
	return true;
}

/*
 * Names are written in Latin as passports and publications do (BGN, UNGEGN), so that Щербаков
 * meets Shcherbakov; the scientific rules of Any-Latin would say Serbakov.
 */
static UTransliterator *
transliterator(void)
{
	static UTransliterator *kept = NULL;
	static bool tried = false;
	static const char *const rules[] = {
		"Russian-Latin/BGN; Greek-Latin/UNGEGN; Any-Latin; Latin-ASCII", "Any-Latin; Latin-ASCII"};

	for (size_t i = 0; i < 2 && !tried && kept == NULL; i++)
	{
		UErrorCode status = U_ZERO_ERROR;
		UChar id[80];

		u_uastrcpy(id, rules[i]);
		kept = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
		if (U_FAILURE(status))
			kept = NULL;
	}
	tried = true;
	return kept;
}

/* A soft sign or a glottal stop becomes an apostrophe, which would cut the word in two. */
static int32_t
without_primes(UChar *run, int32_t length)
{
	int32_t kept = 0;

	for (int32_t i = 0; i < length; i++)
		if (run[i] != '\'' && run[i] != '"' && (run[i] < 0x02B9 || run[i] > 0x02BF))
			run[kept++] = run[i];
	return kept;
}

static int32_t
transliterate(UChar *run, int32_t length, int32_t size)
{
	UErrorCode status = U_ZERO_ERROR;
	UTransliterator *latin_writer = transliterator();
	int32_t limit = length;

	if (latin_writer == NULL)
		return length;
	utrans_transUChars(latin_writer, run, &length, size, 0, &limit, &status);
	return U_FAILURE(status) ? 0 : without_primes(run, length);
}

static int32_t
normalize(const UNormalizer2 *form, const UChar *from, int32_t length, UChar *to)
{
	UErrorCode status = U_ZERO_ERROR;

	length = unorm2_normalize(form, from, length, to, EXPANDED_MAX, &status);
	return U_FAILURE(status) ? 0 : length;
}

static void
fold_run(sink *to, const UChar *run, int32_t length)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *casefold = unorm2_getNFKCCasefoldInstance(&status);
	const UNormalizer2 *decompose = unorm2_getNFDInstance(&status);
	UChar folded[EXPANDED_MAX];
	UChar plain[EXPANDED_MAX];
	sink before = *to;
	int32_t plain_length;

	to->gap = true; /* without ICU's data the run is no letter */
	if (U_FAILURE(status))
		return;
	*to = before;
	length = normalize(casefold, run, length, folded);
	plain_length = normalize(decompose, folded, length, plain);
	if (put_run(to, plain, plain_length, false))
		return;
	*to = before;
	length = transliterate(folded, length, EXPANDED_MAX);
	plain_length = normalize(decompose, folded, length, plain);
	put_run(to, plain, plain_length, true);
}

/* Collects what put_simple does not know, from *at on, and folds it. */
static void
fold_foreign(sink *to, const char *text, int32_t length, int32_t *at)
{
	UChar run[RUN_MAX];
	int32_t used = 0;

	while (*at < length && used < RUN_MAX - 2)
	{
		int32_t next = *at;
		UChar32 c;

		U8_NEXT(text, next, length, c);
		if (c >= 0 && (c < 0x80 || (c >= LATIN_FIRST && c <= LATIN_LAST)))
			break;
		*at = next;
		if (c >= 0)
			U16_APPEND_UNSAFE(run, used, c);
	}
	fold_run(to, run, used);
}

size_t
crm_text_fold(const char *text, size_t length, char *out, size_t size)
{
	sink to = {out, size > 0 ? size - 1 : 0, 0, false};
	int32_t end = length > INT32_MAX ? INT32_MAX : (int32_t) length;
	int32_t i = 0;

	if (size == 0)
		return 0;
	while (i < end && to.length < to.room)
	{
		int32_t next = i;
		UChar32 c;

		if ((unsigned char) text[i] < 0x80)
		{
			put_ascii(&to, (unsigned char) text[i++]);
			continue;
		}
		U8_NEXT(text, next, end, c);
		if (c < 0 || put_simple(&to, c))
			i = next;
		else
			fold_foreign(&to, text, end, &i);
	}
	if (to.length > 0 && out[to.length - 1] == ' ')
		to.length--;
	out[to.length] = '\0';
	return to.length;
}
