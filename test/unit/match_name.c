/* match_name.c - names of people and companies, as they are written, taken apart. */
#include "match/match_name.h"

#include "tap.h"

typedef struct person
{
	const char *text;
	const char *parts; /* given|family|generation */
} person;

static const person people[] = {
	{"Anna Berg", "anna|berg|"},
	{"Dr. Anna van den Berg jr", "anna|berg|j"},
	{"Berg, Anna van den", "anna|berg|"},
	{"Anna Berg, van den", "anna|berg|"},
	{"Berg, Jr., Anna", "anna|berg|j"},
	{"Berg, Anna, Jr.", "anna|berg|j"},
	{"Anna Berg, Jr.", "anna|berg|j"},
	{"Prof. Dr. Ir. Jan de Vries", "jan|vries|"},
	{"Mr Sr. Juan Perez", "juan|perez|"},
	{"John Smith Senior", "john|smith|s"},
	{"John Smith III", "john|smith|3"},
	{"John Smith IV", "john|smith|4"},
	{"John Smith II", "john|smith|2"},
	{"William Shelcroft Snr", "william|shelcroft|s"},
	{"William Shelcroft Jnr.", "william|shelcroft|j"},
	{"Antonio Sánchez Peña hijo", "antonio|sanchez pena|j"},
	{"Alexandre Dumas père", "alexandre|dumas|s"},
	{"Tobias Vogel sen.", "tobias|vogel|s"},
	{"Vogel jun., Tobias", "tobias|vogel|j"},
	{"Amartya Sen", "amartya|sen|"}, /* no abbreviation */
	{"Li Jun", "li|jun|"},
	{"Smith", "|smith|"},
	{"Jr", "|jr|"},
	{"Dr.", "|dr|"},
	{"van der", "van|der|"}, /* nothing but particles is still a name */
	{"María del Carmen López y García", "maria|carmen lopez garcia|"},
	{"O'Brien, Seán", "sean|o brien|"},
	{"", "||"},
	{" , ", "||"},
	{",Anna", "anna||"},
	{"Berg,", "|berg|"},
	{"-- !!", "||"},
	{"Д. Щербаков", "d|shcherbakov|"},
};

static void
test_people(void)
{
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
	{
		crm_person_name name = {.generation = 0};
		char got[3 * CRM_TEXT_MAX];

		crm_name_split(people[i].text, &name);
		snprintf(got, sizeof(got), "%s|%s|%.1s", name.given, name.family, &name.generation);
		is(got, people[i].parts, people[i].text);
	}
}

static void
test_columns(void)
{
	char out[CRM_TEXT_MAX];
	char generation = 0;

	crm_name_family("van der Berg Jr.", out, sizeof(out), &generation);
	is(out, "berg", "a family name loses its particles");
	ok(generation == 'j', "and says the generation");
	crm_name_family("De La", out, sizeof(out), &generation);
	is(out, "de la", "a family name of particles only stays");
	crm_name_given("van Leeuwen", out, sizeof(out), &generation);
	is(out, "leeuwen", "a family name in the wrong column too");
	crm_name_given("Mrs. Anna Maria", out, sizeof(out), &generation);
	is(out, "anna maria", "a given name loses its title");
	ok(crm_name_organization_end("Alpine Paper Corp.") == 'r' &&
		   crm_name_organization_end("The Acme Company Ltd.") == 'y' &&
		   crm_name_organization_end("ACME GmbH & Co. KG") == 0 &&
		   crm_name_organization_end("Acme") == 0 && crm_name_organization_end("") == 0,
	   "Corporation and Company end a name, Co. KG does not");
	ok(crm_name_given("", out, sizeof(out), &generation) == 0 && out[0] == '\0', "nothing of nothing");
}

static const struct
{
	const char *text;
	const char *name;
	bool is_company;
} companies[] = {
	{"Jansen & Zn. B.V.", "jansen zonen", true},
	{"Jansen en Zonen BV", "jansen zonen", true},
	{"Acme S. L.", "acme", true},
	{"Acme S.L.U.", "acme", true},
	{"ACME GmbH & Co. KG", "acme", true},
	{"The Acme Company Ltd.", "acme", true},
	{"ACME GmbH u. Co. KG", "acme", true},
	{"Acme Sociedad Limitada", "acme", true},
	{"Acme Société à responsabilité limitée", "acme", true},
	{"Intl. Business Machines Corp", "international business machines", true},
	{"B.V.", "b v", false}, /* all that there is to go by */
	{"Acme", "acme", false},
	{"Hotel de la Paix", "hotel paix", false},
	{"A B C D E F", "a b c d e f", false},
	{"", "", false},
	{"The", "the", false},
	{"株式会社", "zhu shi hui she", false},
};

static void
test_companies(void)
{
	for (size_t i = 0; i < sizeof(companies) / sizeof(companies[0]); i++)
	{
		char out[CRM_TEXT_MAX] = "";

		crm_name_organization(companies[i].text, out, sizeof(out));
		is(out, companies[i].name, companies[i].text);
		ok(crm_name_is_organization(companies[i].text) == companies[i].is_company,
		   "%s is %sa company by its form", companies[i].text, companies[i].is_company ? "" : "not ");
	}
}

/* Random bytes in heap memory of exactly their size: valgrind and sanitizers watch. */
static void
test_garbage(void)
{
	static const char letters[] = " ,.-'abcdvnjr\xC3\xA9\xFF\xE2\x80\xD7\x90";
	char out[CRM_TEXT_MAX];
	char generation = 0;
	bool bounded = true;

	for (int i = 0; i < 3000; i++)
	{
		size_t length = draw(i % 10 == 0 ? 3000 : 60);
		char *text = malloc(length + 1);
		crm_person_name name;

		for (size_t k = 0; k < length; k++)
			text[k] = letters[draw(sizeof(letters) - 1)];
		text[length] = '\0';
		crm_name_split(text, &name);
		bounded = bounded && strlen(name.given) < CRM_TEXT_MAX && strlen(name.family) < CRM_TEXT_MAX;
		crm_name_is_organization(text);
		crm_name_organization(text, out, 1 + draw(CRM_TEXT_MAX));
		crm_name_given(text, out, 1 + draw(CRM_TEXT_MAX), &generation);
		crm_name_family(text, out, 1 + draw(CRM_TEXT_MAX), &generation);
		free(text);
	}
	ok(bounded, "any bytes are taken apart within bounds");
}

int
main(void)
{
	test_people();
	test_columns();
	test_companies();
	test_garbage();
	return done();
}
