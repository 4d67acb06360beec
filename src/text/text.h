/* text.h - normalisation, similarity and phonetics over plain buffers: no ereport, no palloc. */
#ifndef CRM_TEXT_H
#define CRM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRM_TEXT_MAX 256 /* longest folded value that is kept; longer input is cut */
#define CRM_PHONETIC_SIZE 16

/*
 * Folds UTF-8 text to lower-case ASCII words: NFKC case folding, marks stripped, letters that do
 * not decompose (ø ß ł æ) written out, other scripts transliterated to Latin, every run of
 * anything but [a-z0-9] one space, none at the ends. Writes at most size bytes, terminating zero
 * included, and returns the length. Bad UTF-8 is skipped, never an error.
 */
extern size_t crm_text_fold(const char *text, size_t length, char *out, size_t size);

/* 0 (nothing in common) to 1 (equal); bytes; bit-parallel for up to 64 bytes. */
extern double crm_jaro_winkler(const char *a, size_t a_length, const char *b, size_t b_length);

/* What it can be at most, from the letter bags of the two. */
extern double crm_jaro_winkler_most(const char *a, size_t a_length, uint64_t a_bag, const char *b,
									size_t b_length, uint64_t b_bag);

/* Optimal string alignment (insert, delete, replace, swap neighbours), or limit + 1 if beyond. */
extern int crm_edit_distance(const char *a, size_t a_length, const char *b, size_t b_length,
							 int limit);

/* One bit a letter and its count: popcount(xor) is a sound lower bound used before the metrics. */
extern uint64_t crm_letter_bag(const char *text, size_t length);

/*
 * Sound of one folded word, for blocking names written in English, Dutch, German, French and
 * Spanish: equal for usual spellings of the same name (Meyer Maier, Schmidt Smit, Stephen Steven).
 */
extern size_t crm_phonetic(const char *word, size_t length, char out[CRM_PHONETIC_SIZE]);

/* Whether two folded given names are forms of one name (Bob, Robert; Jan, Johannes). */
extern bool crm_same_given_name(const char *a, size_t a_length, const char *b, size_t b_length);

/* The same in two steps: where a name stands in the list (-1: nowhere), and whether two places
 * meet. */
extern int crm_given_name_at(const char *name, size_t length);
extern bool crm_given_names_meet(int a, int b);

/*
 * The code of ISO 3166, in lower case, of a country that is named (Germany, Duitsland, UK); any
 * other text is folded and cut at the size, a code thus stays one. Returns the length.
 */
extern size_t crm_text_country(const char *text, char *out, size_t size);

#endif
