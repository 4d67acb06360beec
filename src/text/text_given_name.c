/* text_given_name.c - whether two given names are forms of one name.
 *
 * text_given_name_list.h holds one group of forms a line, so that a reader can check it; the index
 * over it is sorted once at the first question. A name may be in several groups (Jan is Johannes
 * and Janet): two names are one if they share any. Sharing is not passed on from group to group.
 */
#include "text/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const groups[] = {
#include "text/text_given_name_list.h"
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))
#define NAMES_MAX 4096

typedef struct form
{
	const char *name;
	uint16_t length;
	uint16_t group;
} form;

static form forms[NAMES_MAX];
static size_t form_count = 0;

static int
compare_name(const char *a, size_t a_length, const char *b, size_t b_length)
{
	int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

	return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

static int
compare_form(const void *left, const void *right)
{
	const form *a = left;
	const form *b = right;
	int order = compare_name(a->name, a->length, b->name, b->length);

	return order != 0 ? order : (a->group > b->group) - (a->group < b->group);
}

static void
build_index(void)
{
	for (size_t g = 0; g < GROUPS; g++)
	{
		const char *name = groups[g];

		while (*name != '\0' && form_count < NAMES_MAX)
		{
			size_t length = strcspn(name, " ");

			forms[form_count++] = (form){name, (uint16_t) length, (uint16_t) g};
			name += length + (name[length] == ' ');
		}
	}
	qsort(forms, form_count, sizeof(form), compare_form);
}

/* The first form that is not before this name. */
static size_t
find(const char *name, size_t length)
{
	size_t low = 0;
	size_t high = form_count;

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (compare_name(forms[middle].name, forms[middle].length, name, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_name(size_t at, const char *name, size_t length)
{
	return at < form_count && compare_name(forms[at].name, forms[at].length, name, length) == 0;
}

bool
crm_same_given_name(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t i;
	size_t j;

	if (a_length == b_length && memcmp(a, b, a_length) == 0)
		return true;
	if (form_count == 0)
		build_index();
	i = find(a, a_length);
	j = find(b, b_length);

	/* The groups of one name stand in ascending order: walk both like a merge. */
	while (is_name(i, a, a_length) && is_name(j, b, b_length))
	{
		if (forms[i].group == forms[j].group)
			return true;
		if (forms[i].group < forms[j].group)
			i++;
		else
			j++;
	}
	return false;
}
