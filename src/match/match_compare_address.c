/* match_compare_address.c - addresses compared: one house counts once, not part by part. */
#include "match/match_evidence.h"
#include "match/match_span.h"

static bool
same_street(const crm_profile *a, const crm_profile *b)
{
	return crm_span_equal_without_spaces(a->street, b->street) ||
		   crm_span_similarity_from(0.90, a->street, a->street_letters, b->street,
									b->street_letters) >= 0.90;
}

static bool
cities_alike(const crm_profile *a, const crm_profile *b, double least)
{
	return crm_span_equal(a->city, b->city) ||
		   crm_span_similarity_from(least, a->city, a->city_letters, b->city, b->city_letters) >=
			   least;
}

/* Postal codes that differ by more than an error are two places: a city has many a Church Street.
 */
static bool
same_place(const crm_profile *a, const crm_profile *b)
{
	bool city = a->city.length > 0 && b->city.length > 0;

	if (a->postal_code.length > 0 && b->postal_code.length > 0)
		return crm_span_equal(a->postal_code, b->postal_code) ||
			   (city && crm_span_one_error(a->postal_code, b->postal_code) &&
				cities_alike(a, b, 0.92));
	return city && cities_alike(a, b, 0.90);
}

static crm_level
place_level(const crm_profile *a, const crm_profile *b)
{
	if (a->postal_code.length > 0 && b->postal_code.length > 0)
	{
		if (crm_span_equal(a->postal_code, b->postal_code))
			return a->postal_code.length >= 6 ? CRM_POSTAL_CODE_LONG : CRM_POSTAL_CODE_SHORT;
		if (crm_span_one_error(a->postal_code, b->postal_code))
			return CRM_POSTAL_CODE_CLOSE;
	}
	if (a->city.length > 0 && b->city.length > 0)
	{
		if (crm_span_equal(a->city, b->city))
			return CRM_CITY_EXACT;
		return cities_alike(a, b, 0.88) ? CRM_CITY_CLOSE : CRM_CITY_DIFFERENT;
	}
	return a->postal_code.length > 0 && b->postal_code.length > 0 ? CRM_ADDRESS_DIFFERENT
																  : CRM_LEVELS;
}

static crm_level
address_level(const crm_profile *a, const crm_profile *b)
{
	if (a->street.length > 0 && b->street.length > 0 && same_street(a, b))
	{
		bool place = same_place(a, b);
		bool number = a->number.length > 0 && crm_span_equal(a->number, b->number);

		if (number)
			return place ? CRM_ADDRESS_EXACT : CRM_ADDRESS_HOUSE;
		if (place)
			return CRM_ADDRESS_STREET;
	}
	return place_level(a, b);
}

void
crm_compare_addresses(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	crm_level level = address_level(a, b);

	if (level == CRM_CITY_EXACT)
		crm_reach_term(e, level, CRM_TERM_CITY, a, b);
	else if (level != CRM_LEVELS)
		crm_reach(e, level);
	if (a->region.length > 0 && b->region.length > 0)
		crm_reach(e,
				  crm_span_equal(a->region, b->region) ? CRM_REGION_EXACT : CRM_REGION_DIFFERENT);
	if (a->country.length == 2 && b->country.length == 2)
		crm_reach(e, crm_span_equal(a->country, b->country) ? CRM_COUNTRY_EXACT
															: CRM_COUNTRY_DIFFERENT);
}
