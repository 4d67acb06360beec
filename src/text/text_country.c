/* text_country.c - the country that a text names, in the languages that names of columns come in.
 */
#include <stdlib.h>
#include <string.h>

#include "text/text.h"

typedef struct country
{
	const char *name; /* folded */
	const char *code; /* ISO 3166, lower case */
} country;

static const country countries[] = {
#include "text/text_country_list.h"
};

static int by_name(const void *left, const void *right);

size_t
crm_text_country(const char *text, char *out, size_t size)
{
	char folded[CRM_TEXT_MAX];
	size_t length = crm_text_fold(text, strlen(text), folded, sizeof(folded));
	country wanted = {folded, NULL};
	const country *found = bsearch(&wanted, countries, sizeof(countries) / sizeof(countries[0]),
								   sizeof(countries[0]), by_name);
	const char *result = found ? found->code : folded;

	length = found ? 2 : length;
	length = length < size ? length : size - 1;
	memcpy(out, result, length);
	out[length] = '\0';
	return length;
}

static int
by_name(const void *left, const void *right)
{
	return strcmp(((const country *) left)->name, ((const country *) right)->name);
}
