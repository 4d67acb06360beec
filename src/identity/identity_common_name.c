/*
 * identity_common_name.c - names so frequent that sharing one says little.
 *
 * A list instead of counts: the first model is a pure function of two records, so how often a name
 * occurs in the database must not change a weight. The names are the most frequent ones of the
 * countries whose languages the phonetic code knows, by their public statistics.
 */
#include <stdlib.h>
#include <string.h>

#include "identity/identity_common_name.h"
#include "identity/identity_compare.h"

#define DISCOUNT (5 * CRM_BIT / 2)

/* Sorted, folded, without particles. */
static const char *const common[] = {
	"adams",     "ali",       "alonso",   "alvarez",  "anderson",  "anna",       "anne",
	"antonio",   "bakker",    "bauer",    "becker",   "bennett",   "berg",       "bernard",
	"bertrand",  "boer",      "bonnet",   "bos",      "bosch",     "braun",      "brouwer",
	"brown",     "campbell",  "carlos",   "carmen",   "carter",    "catherine",  "charles",
	"clark",     "collins",   "cook",     "cooper",   "cornelis",  "cruz",       "daniel",
	"david",     "davies",    "davis",    "dekker",   "diaz",      "dijk",       "dominguez",
	"dubois",    "dupont",    "durand",   "edwards",  "elisabeth", "elizabeth",  "emily",
	"evans",     "fernandez", "fischer",  "fournier", "francisco", "garcia",     "gil",
	"girard",    "gomez",     "gonzalez", "graaf",    "graham",    "green",      "gutierrez",
	"haan",      "hall",      "hans",     "harris",   "hendrik",   "hendriks",   "hernandez",
	"hill",      "hoffmann",  "hughes",   "jack",     "jackson",   "jacobs",     "james",
	"jan",       "jansen",    "janssen",  "javier",   "jean",      "jennifer",   "jessica",
	"jimenez",   "johanna",   "johannes", "john",     "johnson",   "jones",      "jong",
	"jose",      "juan",      "karin",    "khan",     "king",      "klaus",      "klein",
	"koch",      "laura",     "laurent",  "lee",      "leeuwen",   "lefebvre",   "leroy",
	"lewis",     "linda",     "lopez",    "louis",    "luis",      "maria",      "marie",
	"mark",      "martin",    "martinez", "mary",     "meer",      "meijer",     "mercier",
	"meyer",     "michael",   "michel",   "miller",   "mitchell",  "monika",     "moore",
	"moreau",    "morel",     "moreno",   "morgan",   "morris",    "mulder",     "muller",
	"munoz",     "murphy",    "navarro",  "neumann",  "nguyen",    "nicolas",    "oliver",
	"olivia",    "parker",    "patel",    "patricia", "paul",      "pedro",      "perez",
	"peter",     "petit",     "peters",   "philippe", "phillips",  "pierre",     "pieter",
	"ramirez",   "ramos",     "richard",  "richter",  "robert",    "roberts",    "robin",
	"robinson",  "rodriguez", "rogers",   "romero",   "roux",      "ruiz",       "sabine",
	"sanchez",   "sanders",   "sara",     "sarah",    "schafer",   "schmidt",    "schmitz",
	"schneider", "schroder",  "schulz",   "schwarz",  "scott",     "serrano",    "simon",
	"singh",     "smit",      "smith",    "smits",    "stewart",   "susan",      "susanne",
	"taylor",    "thomas",    "thompson", "torres",   "turner",    "vazquez",    "vincent",
	"visser",    "vliet",     "vos",      "vries",    "wagner",    "walker",     "ward",
	"watson",    "weber",     "white",    "willem",   "william",   "williams",   "wilson",
	"wit",       "wolf",      "wood",     "wright",   "young",     "zimmermann",
};

static int
compare_name(const void *key, const void *element)
{
	const crm_span *name = key;
	const char *other = *(const char *const *) element;
	int order = strncmp(name->text, other, name->length);

	return order != 0 ? order : -(other[name->length] != '\0');
}

static bool
is_common(crm_span name)
{
	return bsearch(&name, common, sizeof(common) / sizeof(common[0]), sizeof(common[0]),
				   compare_name) != NULL;
}

int32_t
crm_common_name_discount(crm_span a, crm_span b)
{
	return is_common(a) || is_common(b) ? DISCOUNT : 0;
}
