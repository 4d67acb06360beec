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
	int16_t first; /* the first place of the same name */
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

			forms[form_count++] = (form){name, (uint16_t) length, (uint16_t) g, 0};
			name += length + (name[length] == ' ');
		}
	}
	qsort(forms, form_count, sizeof(form), compare_form);
	for (size_t i = 0; i < form_count; i++)
		forms[i].first = i > 0 && compare_name(forms[i].name, forms[i].length, forms[i - 1].name,
											   forms[i - 1].length) == 0
							 ? forms[i - 1].first
							 : (int16_t) i;
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

int
crm_given_name_at(const char *name, size_t length)
{
	size_t at;

	if (form_count == 0)
		build_index();
	at = find(name, length);
	return at < form_count && compare_name(forms[at].name, forms[at].length, name, length) == 0
			   ? (int) at
			   : -1;
}

/* The groups of one name stand in ascending order: walk both like a merge. */
bool
crm_given_names_meet(int a, int b)
{
	int i = a;
	int j = b;

	if (a < 0 || b < 0)
		return false;
	while (i < (int) form_count && forms[i].first == a && j < (int) form_count &&
		   forms[j].first == b)
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

bool
crm_same_given_name(const char *a, size_t a_length, const char *b, size_t b_length)
{
	if (a_length == b_length && memcmp(a, b, a_length) == 0)
		return true;
	return crm_given_names_meet(crm_given_name_at(a, a_length), crm_given_name_at(b, b_length));
}
