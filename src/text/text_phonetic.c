/* text_phonetic.c - the sound of a folded name, for blocking.
 *
 * A consonant skeleton. One set of rules for English, Dutch, German, French and Spanish, since a
 * name does not say which language it is spelled in; where the languages disagree the spelling
 * that is met more often among customers wins. A key must not lose a pair, so it merges rather
 * than splits; what is wrongly merged is told apart by the comparison that follows.
 *
 *  - Vowels only say that a word begins with one (A): Meyer Maier Meijer = MR, Muller Mueller
 *    Moeller = MLR. So a typing error in a vowel costs nothing. y and j inside a word are vowels.
 *  - Doubled letters count once, and so do neighbours of equal sound: Schmidt Schmitt Smit = SMT.
 *  - h is heard only at the beginning: Gerhard Gerard, John Jon.
 *  - T: t d th dt tt (D at the beginning).  S: s z c(e,i,y) sch sh ts tz sc(e,i); ch at the
 *    beginning before a vowel; x at the beginning.  K: c k q ck ch kh tch.  KS: x, ks, cks, chs.
 *    F: f v ph; b and w inside a word (Cordoba Cordova, Nowak Novak).  J: j, and at the beginning
 *    y before a vowel and g before e, i, y (Geoffrey Jeffrey, Gimenez Jimenez).
 *  - w is a vowel at the end, before a consonant and after e (Brown Braun, Stewart Stuart), and
 *    after d t k g (Edward Eduard, Dwayne Duane).
 *  - gh is silent after a vowel unless e or i follows (Leigh Lee, Wright, Hughes Huges).
 *  - Silent at the beginning: k(n) g(n) w(r) p(s) p(f) t(s). p between m and s, t or b is not
 *    heard (Thompson Thomson), nor l in -ault, d before g (Rodger Roger) and x after u at the end
 *    (Boudreaux).  n before b or p is m.  Mc and Mac are MK.
 *  - Digits stay.
 */
#include "text/text.h"

#include <string.h>

typedef struct reader
{
	const char *word;
	size_t length;
	size_t end; /* before a silent e, which still tells how c and g are said */
	size_t at;
	char *out;
	size_t used;
	char last; /* sound just written, zero after a vowel */
} reader;

static char
letter(const reader *r, size_t at)
{
	return at < r->length ? r->word[at] : '\0';
}

/* The sets are short and known when this is compiled: nothing is left of the loop. */
static inline bool
one_of(char c, const char *set)
{
	for (; *set != '\0'; set++)
		if (*set == c)
			return true;
	return false;
}

static inline bool
is_vowel(char c)
{
	return one_of(c, "aeiouy");
}

static inline bool
is_front(char c)
{
	return one_of(c, "eiy");
}

/* Whether the word goes on with this text at the current place. */
static inline bool
ahead(const reader *r, const char *text)
{
	size_t length = strlen(text);

	return r->length - r->at >= length && memcmp(r->word + r->at, text, length) == 0;
}

static size_t
sound(reader *r, const char *sounds, size_t letters)
{
	for (; *sounds; sounds++)
	{
		if (*sounds != r->last && r->used < CRM_PHONETIC_SIZE - 1)
			r->out[r->used++] = *sounds;
		r->last = *sounds;
	}
	return letters;
}

/* A vowel parts equal sounds and is written only where the word begins. */
static size_t
vowel(reader *r, size_t letters)
{
	if (r->at == 0)
		sound(r, "A", 0);
	r->last = '\0';
	return letters;
}

/* How many letters at the beginning are said otherwise than inside a word; 0 if none. */
static size_t
read_beginning(reader *r)
{
	char next = letter(r, 1);

	if (ahead(r, "mc") || (ahead(r, "mac") && r->length >= 7 && !is_vowel(letter(r, 3))))
		return sound(r, "MK", r->word[1] == 'c' ? 2 : 3);
	if (ahead(r, "kn") || ahead(r, "gn") || ahead(r, "wr") || ahead(r, "ps") || ahead(r, "pf") ||
		ahead(r, "ts") || ahead(r, "tz"))
		return 1;
	if (ahead(r, "dj"))
		return sound(r, "J", 2);
	if (ahead(r, "ch") && is_vowel(letter(r, 2)))
		return sound(r, "S", 2);
	if (ahead(r, "gu") && is_front(letter(r, 2)))
		return sound(r, "G", 2);
	if (*r->word == 'j' || (*r->word == 'y' && is_vowel(next)) ||
		(*r->word == 'g' && is_front(next)))
		return sound(r, "J", 1);
	if (*r->word == 'h')
		return sound(r, "H", 1);
	if (*r->word == 'w')
		return sound(r, "W", next == 'h' ? 2 : 1);
	if (*r->word == 'x')
		return sound(r, "S", 1);
	if (*r->word == 'd')
		return sound(r, "D", 1);
	if (*r->word == 'b')
		return sound(r, "B", 1);
	return 0;
}

static size_t
read_c(reader *r)
{
	if (ahead(r, "ch"))
		return sound(r, "K", 2);
	if (ahead(r, "cz"))
		return sound(r, "S", 2);
	if (is_front(letter(r, r->at + 1)))
		return sound(r, "S", 1);
	return sound(r, "K", 1);
}

static size_t
read_s(reader *r)
{
	if (ahead(r, "sch"))
		return sound(r, "S", 3);
	if (ahead(r, "sc") && is_front(letter(r, r->at + 2)))
		return sound(r, "S", 2);
	return sound(r, "S", ahead(r, "sh") ? 2 : 1);
}

static size_t
read_dental(reader *r)
{
	char next = letter(r, r->at + 1);

	if (ahead(r, "tch"))
		return sound(r, "K", 3);
	if (ahead(r, "tsch"))
		return sound(r, "S", 4);
	if (one_of(next, "sz") || (one_of(next, "dt")))
		return 1; /* ts is one sound with the s that follows, dt with the t */
	if (r->at > 0 && ahead(r, "dg"))
		return 1;
	return sound(r, "T", 1);
}

static size_t
read_g(reader *r)
{
	char before = r->at > 0 ? r->word[r->at - 1] : '\0';

	if (ahead(r, "gh") && is_vowel(before) && !is_front(letter(r, r->at + 2)))
		return vowel(r, 2);
	return sound(r, "G", ahead(r, "gh") ? 2 : 1);
}

static size_t
read_w(reader *r)
{
	char before = letter(r, r->at - 1);
	bool after_e = before == 'e' && (r->at < 2 || !one_of(r->word[r->at - 2], "oa"));

	if (r->at + 1 >= r->end || !is_vowel(letter(r, r->at + 1)) || after_e || one_of(before, "dtkg"))
		return vowel(r, 1);
	return sound(r, "F", 1);
}

static size_t
read_x(reader *r)
{
	bool at_end = r->at + 1 == r->end;

	if (at_end && (one_of(letter(r, r->at - 1), "u") ||
				   (r->at >= 2 && memcmp(r->word + r->at - 2, "oi", 2) == 0)))
		return 1;
	return sound(r, "KS", 1);
}

static size_t
read_labial(reader *r)
{
	char before = r->at > 0 ? r->word[r->at - 1] : '\0';
	char next = letter(r, r->at + 1);

	if (ahead(r, "ph"))
		return sound(r, "F", 2);
	if (before == 'm' && one_of(next, "stb"))
		return 1;
	return sound(r, "P", 1);
}

static size_t
read_liquid(reader *r)
{
	char c = r->word[r->at];

	if (ahead(r, "lt") && r->at >= 2 && memcmp(r->word + r->at - 2, "au", 2) == 0)
		return 1;
	if (c == 'n')
		return sound(r, one_of(letter(r, r->at + 1), "bp") ? "M" : "N", 1);
	return sound(r, c == 'l' ? "L" : c == 'm' ? "M" : "R", 1);
}

/* Reads one sound and returns how many letters it took. */
static size_t
read_sound(reader *r)
{
	char c = r->word[r->at];

	if (is_vowel(c) || c == 'j')
		return vowel(r, 1);
	if (c == 'h')
		return 1;
	if (c == 'c')
		return read_c(r);
	if (c == 's')
		return read_s(r);
	if (c == 'd' || c == 't')
		return read_dental(r);
	if (c == 'g')
		return read_g(r);
	if (c == 'w')
		return read_w(r);
	if (c == 'x')
		return read_x(r);
	if (c == 'p')
		return read_labial(r);
	if (one_of(c, "lmnr"))
		return read_liquid(r);
	if (one_of(c, "fvb"))
		return sound(r, "F", 1);
	if (c == 'k' || c == 'q')
		return sound(r, "K", 1);
	if (c == 'z')
		return sound(r, "S", 1);
	if (c >= '0' && c <= '9')
	{
		r->last = '\0'; /* 11 is not 1 */
		return sound(r, (const char[]){c, '\0'}, 1);
	}
	return 1;
}

size_t
crm_phonetic(const char *word, size_t length, char out[CRM_PHONETIC_SIZE])
{
	reader r = {word, length, length, 0, out, 0, '\0'};

	if (length > 2 && word[length - 1] == 'e')
		r.end--;
	if (length > 0)
		r.at = read_beginning(&r);
	while (r.at < r.end)
		r.at += read_sound(&r);
	out[r.used] = '\0';
	return r.used;
}
