/* text_phonetic.c - spellings of one name sound equal, names that differ do not. */
#include "text/text.h"

#include "tap.h"

static const char *const same[] = {
	/* German and Dutch */
	"meyer maier meijer mayer mair meier",
	"schmidt schmitt smit smith schmid smid smyth",
	"muller mueller moeller",
	"schwartz schwarz swarts swartz",
	"fischer visser visscher vischer",
	"hoffmann hofman hoffman",
	"schulz schultz scholz schultze",
	"bakker backer baker",
	"jansen janssen janson",
	"dijk dyk dyck dijck",
	"hendriks hendricks hendrix",
	"bosch bos",
	"schumacher schoemaker schumaker",
	"lowe loewe low",
	"bergh berg",
	"verhaeghe verhaege",
	"nowak novak",
	"kowalski kovalski",
	"koch kock",
	"gerhard gerard gerhardt",
	"weiss weis weisz",
	"philipp filip",
	/* English */
	"stephen steven stephan stefan",
	"thompson thomson tomson",
	"stewart stuart",
	"clark clarke",
	"wright rite",
	"leigh lee lea",
	"hughes huges",
	"brown browne braun",
	"taylor tailor tayler",
	"reid reed reade read",
	"macdonald mcdonald",
	"geoffrey jeffrey",
	"lawrence laurence",
	"catherine katharina kathryn cathryn",
	"lewis louis",
	"rodger roger",
	"davidson davison",
	"campbell cambell",
	"mitchell michell",
	"sean shawn",
	"jon john",
	"knight nite",
	"dwayne duane",
	"edward eduard",
	"white whyte",
	"callaghan callahan",
	"harris haris",
	"nicholas nicolas nikolas",
	"sarah sara",
	"zachary zackary",
	/* French and Spanish */
	"boudreaux boudreau",
	"renault renaud renaut",
	"thibault thibaud thibaut",
	"jacques jaques",
	"dupont dupond",
	"lefebvre lefevre",
	"leroux lerou",
	"gonzalez gonzales gonsales",
	"jimenez gimenez",
	"cordoba cordova",
	"rivera ribera",
	"munoz munos",
	"garcia garsia",
	"enrique enrike",
	"vasquez vazquez",
	/* typing errors */
	"williams wiliams willams wolliams",
	"robinson robinsonn robnson",
	"peterson petersson petarson",
	"anderson andersen andersson",
};

/* Neighbours in a list of customers that must not fall together. */
static const char *const different[][2] = {
	{"smith", "jones"},   {"ward", "ford"},       {"baker", "walker"},  {"miller", "mills"},
	{"hill", "ali"},      {"johnson", "jackson"}, {"brown", "green"},   {"martin", "marsh"},
	{"bell", "wells"},    {"jansen", "hansen"},   {"becker", "decker"}, {"garcia", "torres"},
	{"dubois", "dupont"}, {"wagner", "werner"},   {"1", "11"},          {"king", "young"},
};

static void
test_same(const char *line)
{
	char first[CRM_PHONETIC_SIZE] = "";
	char all[200] = "";
	bool equal = true;

	while (*line != '\0')
	{
		size_t length = strcspn(line, " ");
		char code[CRM_PHONETIC_SIZE];

		crm_phonetic(line, length, code);
		if (first[0] == '\0')
			strcpy(first, code);
		equal &= strcmp(first, code) == 0;
		snprintf(all + strlen(all), sizeof(all) - strlen(all), " %.*s=%s", (int) length, line,
				 code);
		line += length + (line[length] == ' ');
	}
	ok(equal, "sound equal:%s", all);
}

static void
test_bounds(void)
{
	char code[CRM_PHONETIC_SIZE + 1];
	char word[CRM_TEXT_MAX];
	bool bad = false;

	memset(code, 7, sizeof(code));
	ok(crm_phonetic("", 0, code) == 0 && code[0] == '\0', "no word, no sound");
	for (int round = 0; round < 20000; round++)
	{
		size_t length = draw(sizeof(word));

		for (size_t i = 0; i < length; i++)
			word[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[draw(36)];
		bad |= crm_phonetic(word, length, code) != strlen(code) || code[CRM_PHONETIC_SIZE] != 7;
	}
	ok(!bad, "a code never leaves its room");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		test_same(same[i]);
	for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++)
	{
		char a[CRM_PHONETIC_SIZE];
		char b[CRM_PHONETIC_SIZE];

		crm_phonetic(different[i][0], strlen(different[i][0]), a);
		crm_phonetic(different[i][1], strlen(different[i][1]), b);
		ok(strcmp(a, b) != 0, "%s and %s sound different (%s)", different[i][0], different[i][1],
		   a);
	}
	test_bounds();
	return done();
}
