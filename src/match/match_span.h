/* match_span.h - how alike two folded pieces of text are. */
#ifndef CRM_MATCH_SPAN_H
#define CRM_MATCH_SPAN_H

#include "match/match_name.h"
#include "match/match_profile.h"

/* Jaro-Winkler, 0 to 1. */
extern double crm_span_similarity(crm_span a, crm_span b);

/* The same, or 0 if the letters show that it is below least. */
extern double crm_span_similarity_from(double least, crm_span a, uint64_t a_letters, crm_span b,
									   uint64_t b_letters);

/* At most one typing error, in text of four letters or more. */
extern bool crm_span_one_error(crm_span a, crm_span b);

/* Equal but for spaces: "van dam", "vandam". */
extern bool crm_span_equal_without_spaces(crm_span a, crm_span b);

/* All words of the one with fewer stand in the other: "anna", "anna maria". */
extern bool crm_span_is_part_of(crm_span a, crm_span b);

/* How many words of a stand in b too, allowing one error in longer words. */
extern int crm_words_in_common(const crm_words *a, const crm_words *b);

#endif
