/*
 * people.c - the records of so many persons in the tables of three departments, with the truth.
 *
 *   people RECORDS SEED FOLDER
 *
 * writes sales, marketing, service, arrival (records that come later) and truth (table, key, person)
 * into the folder, as text of COPY. All tables have the same columns: key, given name, family name,
 * birth date, e-mail, phone, street, postal code, city, time of change. People live in households
 * that share an address, mostly a family name, sometimes a number and a mailbox; some are twins, some
 * father and son of one name. They move, marry, change number and mailbox; each record is what one
 * department wrote down at one moment, with what it did not ask left out, nicknames and slips.
 */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

enum
{
	SALES,
	MARKETING,
	SERVICE,
	ARRIVAL,
	TABLES
};
enum
{
	GIVEN,
	FAMILY,
	BORN,
	EMAIL,
	PHONE,
	STREET,
	POSTAL,
	CITY,
	FIELDS
};

typedef char field[64];

typedef struct place
{
	field street;
	field short_street;
	field postal;
	field city;
} place;

/* What may change in a life has two states; the change comes at a moment between 0 and 1, or never. */
typedef struct person
{
	bool male;
	const char *name; /* with its forms, as listed; NULL: a rare name, in given */
	field given;
	field family[2];
	place home[2];
	field email[2];
	field phone[2];
	double moment[4];
	int year;
	int month;
	int day;
} person;

static const char *const table_name[] = {"sales", "marketing", "service", "arrival"};
/* share of records in which a department has not asked: birth date, e-mail, phone, address */
static const double silent[][4] = {
	{0.45, 0.20, 0.25, 0.10}, {0.35, 0.10, 0.55, 0.40}, {0.20, 0.45, 0.20, 0.15}, {0.30, 0.20, 0.30, 0.20}};

static FILE *out[TABLES];
static FILE *truth;
static long keys[TABLES];
static long made;
static long wanted;
static long persons;
static double later; /* share of records that come later */
static uint64_t state;

/* ------------------------------ chance ------------------------------ */

static uint64_t
next(void)
{
	uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static double
real(void)
{
	return (double) (next() >> 11) / 9007199254740992.0;
}

static bool
chance(double p)
{
	return real() < p;
}

static int
below(int n)
{
	return (int) (next() % (uint64_t) n);
}

/* 0 to n - 1, rank r drawn in proportion to 1 / (r + c) */
static int
ranked(int n, double c)
{
	return (int) (c * (pow((n + c) / c, real()) - 1)) % n;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	uint64_t z = (a + 1) * UINT64_C(0x9E3779B97F4A7C15) ^ (b + 1) * UINT64_C(0xC2B2AE3D27D4EB4F);

	z = (z ^ (z >> 29)) * UINT64_C(0xBF58476D1CE4E5B9);
	return z ^ (z >> 32);
}

/* ------------------------------ truth ------------------------------ */

static void
make_place(place *p)
{
	int town = ranked(SIZE(family_start) * SIZE(city_end), 20);
	int road = ranked(SIZE(street_name) * SIZE(street_kind), 30);
	int number = 1 + ranked(240, 40);
	uint64_t h = mix((uint64_t) town * 1000 + road, number / 16);

	snprintf(p->city, sizeof(field), "%s%s", family_start[mix(town, 1) % SIZE(family_start)],
			 city_end[mix(town, 2) % SIZE(city_end)]);
	snprintf(p->street, sizeof(field), "%d %s %s", number, street_name[road % SIZE(street_name)],
			 street_kind[road / SIZE(street_name)][0]);
	snprintf(p->short_street, sizeof(field), "%d %s %s", number, street_name[road % SIZE(street_name)],
			 street_kind[road / SIZE(street_name)][1]);
	snprintf(p->postal, sizeof(field), "%c%c%d %d%c%c", 'A' + town % 26, 'A' + town / 26 % 26,
			 1 + (int) (h % 9), (int) (h >> 8 & 7),
			 'A' + (int) (h >> 16 & 15), 'A' + (int) (h >> 24 & 15));
}

static void
family_name(field f)
{
	int rank = ranked(SIZE(family) + SIZE(family_start) * SIZE(family_end), 15);

	if (rank < SIZE(family))
		strcpy(f, family[rank]);
	else
		snprintf(f, sizeof(field), "%s%s", family_start[(rank - SIZE(family)) % SIZE(family_start)],
				 family_end[(rank - SIZE(family)) / SIZE(family_start)]);
}

static void
given_name(person *p)
{
	int listed = p->male ? SIZE(male) : SIZE(female);
	int rank = ranked(listed + SIZE(rare_start) * SIZE(rare_male), 10);

	p->name = NULL;
	if (rank < listed)
	{
		p->name = p->male ? male[rank] : female[rank];
		snprintf(p->given, sizeof(field), "%.*s", (int) strcspn(p->name, ":"), p->name);
		return;
	}
	rank -= listed;
	snprintf(p->given, sizeof(field), "%s%s", rare_start[rank / SIZE(rare_male)],
			 (p->male ? rare_male : rare_female)[rank % SIZE(rare_male)]);
}

static void
make_number(field f, const char *prefix)
{
	snprintf(f, sizeof(field), "%s%03d%06d", prefix, below(1000), below(1000000));
}

/* Nobody else has it: a mark of the person's own ends the local part. */
static void
make_email(const person *p, int which, field f)
{
	static const char digits[] = "0123456789";
	uint64_t mark = ((uint64_t) persons * 2 + which) * 7919 % 10000000;
	char own[12];
	int n = 0;

	for (; mark > 0 || n < 2; mark /= 10)
		own[n++] = digits[mark % 10];
	own[n] = '\0';
	switch (below(4))
	{
		case 0:
			snprintf(f, sizeof(field), "%c%s%s@%s", p->given[0], p->family[0], own,
					 provider[ranked(SIZE(provider), 2)]);
			break;
		case 1:
			snprintf(f, sizeof(field), "%s%s@%s", street_name[below(SIZE(street_name))], own,
					 provider[ranked(SIZE(provider), 2)]);
			break;
		default:
			snprintf(f, sizeof(field), "%s.%s%s@%s", p->given, p->family[0], own,
					 provider[ranked(SIZE(provider), 2)]);
	}
	n = 0;
	for (char *c = f; *c; c++)
		if (*c != '\'')
			f[n++] = (char) tolower((unsigned char) *c);
	f[n] = '\0';
}

static void
born(person *p, int first, int last)
{
	p->year = first + below(last - first + 1);
	p->month = 1 + below(12);
	p->day = 1 + below(28);
}

/* One of a household; home and family name are given. */
static void
make_person(person *p, bool is_male, const char *family_of, const place *home)
{
	persons++;
	p->male = is_male;
	given_name(p);
	strcpy(p->family[0], family_of);
	strcpy(p->family[1], family_of);
	p->home[0] = p->home[1] = *home;
	for (int i = 0; i < 4; i++)
		p->moment[i] = 2;
	if (!is_male && chance(0.10))
	{
		family_name(p->family[1]);
		p->moment[0] = real();
	}
	if (chance(0.22))
	{
		make_place(&p->home[1]);
		p->moment[1] = real();
	}
	for (int i = 0; i < 2; i++)
	{
		make_email(p, i, p->email[i]);
		make_number(p->phone[i], "07");
	}
	if (chance(0.25))
		p->moment[2] = real();
	if (chance(0.20))
		p->moment[3] = real();
}

/* ------------------------------ slips ------------------------------ */

static void
slip(field f)
{
	int n = (int) strlen(f);
	int at = n > 3 ? 1 + below(n - 2) : 0;
	char c;

	if (n < 3 || n > 60)
		return;
	switch (below(4))
	{
		case 0:
			f[at] = isdigit((unsigned char) f[at]) ? '0' + below(10) : 'a' + below(26);
			break;
		case 1:
			memmove(f + at, f + at + 1, n - at);
			break;
		case 2:
			memmove(f + at + 1, f + at, n - at + 1);
			break;
		default:
			c = f[at];
			f[at] = f[at + 1];
			f[at + 1] = c;
	}
}

static void
swap(field a, field b)
{
	field c;

	strcpy(c, a);
	strcpy(a, b);
	strcpy(b, c);
}

static void
write_given(const person *p, field f)
{
	const char *forms = p->name ? strchr(p->name, ':') : NULL;

	strcpy(f, p->given);
	if (forms && chance(0.12))
	{
		const char *second = strchr(forms, ',');

		if (second && chance(0.4))
			forms = second;
		snprintf(f, sizeof(field), "%.*s", (int) strcspn(forms + 1, ","), forms + 1);
	}
	else if (chance(0.04))
		strcpy(f + 1, ".");
}

static void
write_names(const person *p, double moment, field f[FIELDS])
{
	write_given(p, f[GIVEN]);
	strcpy(f[FAMILY], p->family[moment > p->moment[0]]);
	if (chance(0.04))
		slip(f[GIVEN]);
	if (chance(0.05))
		slip(f[FAMILY]);
	if (chance(0.01))
		swap(f[GIVEN], f[FAMILY]);
	if (chance(0.06))
		for (int i = GIVEN; i <= FAMILY; i++)
			for (char *c = f[i]; *c; c++)
				*c = (char) toupper((unsigned char) *c);
}

static void
write_date(const person *p, field f)
{
	int year = p->year;
	int month = p->month;
	int day = p->day;

	if (chance(0.035))
		switch (below(4))
		{
			case 0:
				if (day <= 12)
				{
					month = p->day;
					day = p->month;
				}
				break;
			case 1:
				year += chance(0.5) ? 1 : -1;
				break;
			case 2:
				year += chance(0.5) ? 10 : -10;
				break;
			default:
				day = 1 + below(28);
		}
	snprintf(f, sizeof(field), "%04d-%02d-%02d", year, month, day);
}

static void
write_contact(const person *p, double moment, field f[FIELDS])
{
	const char *phone = p->phone[moment > p->moment[3]];

	strcpy(f[EMAIL], p->email[moment > p->moment[2]]);
	if (chance(0.02))
		slip(f[EMAIL]);
	if (chance(0.3))
		snprintf(f[PHONE], sizeof(field), "+44 %.4s %s", phone + 1, phone + 5);
	else if (chance(0.4))
		snprintf(f[PHONE], sizeof(field), "%.5s %s", phone, phone + 5);
	else
		strcpy(f[PHONE], phone);
	if (chance(0.015))
		f[PHONE][strlen(f[PHONE]) - 1 - below(4)] = '0' + below(10);
}

static void
write_address(const person *p, double moment, field f[FIELDS])
{
	const place *home = &p->home[moment > p->moment[1]];

	strcpy(f[STREET], chance(0.2) ? home->short_street : home->street);
	strcpy(f[POSTAL], home->postal);
	strcpy(f[CITY], home->city);
	if (chance(0.04))
		slip(f[STREET]);
	if (chance(0.02))
		slip(f[POSTAL]);
	if (chance(0.03))
		slip(f[CITY]);
	if (chance(0.04))
		f[POSTAL + below(2)][0] = '\0';
}

/* ------------------------------ records ------------------------------ */

static void
write_record(const person *p, long number)
{
	double u = real();
	int department = u < 0.42 ? SALES : u < 0.77 ? MARKETING : SERVICE;
	int table = chance(later) ? ARRIVAL : department;
	double moment = real();
	field f[FIELDS];
	bool asked[4];
	int n = 0;

	if (made == wanted)
		return;
	write_names(p, moment, f);
	write_date(p, f[BORN]);
	write_contact(p, moment, f);
	write_address(p, moment, f);
	for (int i = 0; i < 4; i++)
		n += asked[i] = !chance(silent[department][i]);
	/* whoever has a name only is nobody's customer */
	for (int i = 0; n < 2 && i < 4; i++)
	{
		int more = (i + department) % 4;

		n += !asked[more];
		asked[more] = true;
	}
	for (int i = 0; i < 4; i++)
		if (!asked[i])
			for (int field_no = BORN + i; field_no < (i == 3 ? FIELDS : BORN + i + 1); field_no++)
				f[field_no][0] = '\0';
	made += table != ARRIVAL;
	fprintf(out[table], "%ld", ++keys[table]);
	for (int i = 0; i < FIELDS; i++)
		fprintf(out[table], "\t%s", f[i][0] ? f[i] : "\\N");
	fprintf(out[table], "\t%04d-%02d-%02d\n", 2015 + (int) (moment * 10), 1 + (int) (moment * 120) % 12,
			1 + below(28));
	fprintf(truth, "%s\t%ld\t%ld\n", table_name[table], keys[table], number);
}

static void
write_person(const person *p)
{
	static const double upto[] = {0.30, 0.60, 0.80, 0.92, 0.97};
	static long number;
	double u = real();
	int n = 1;

	for (int i = 0; i < SIZE(upto) && u >= upto[i]; i++)
		n++;
	number++;
	for (int i = 0; i < n; i++)
		write_record(p, number);
}

static void
share(person *members, int n)
{
	if (n > 1 && chance(0.3))
		for (int i = 1; i < n; i++)
			strcpy(members[i].phone[0], members[0].phone[0]);
	if (n > 1 && chance(0.05))
		for (int i = 1; i < n; i++)
			strcpy(members[i].email[0], members[0].email[0]);
}

static void
write_household(void)
{
	static person member[5];
	place home;
	field name;
	double u = real();
	bool first_male = chance(0.5);
	int n = 1;

	make_place(&home);
	family_name(name);
	make_person(&member[0], u >= 0.94 && u < 0.97 ? true : first_male, name, &home);
	born(&member[0], 1938, u < 0.4 ? 2003 : 1972);
	if (u >= 0.97) /* twins */
	{
		make_person(&member[n], chance(0.5), name, &home);
		member[n].year = member[0].year;
		member[n].month = member[0].month;
		member[n++].day = member[0].day;
	}
	else if (u >= 0.94) /* father and son of one name */
	{
		make_person(&member[n], true, name, &home);
		member[n].name = member[0].name;
		strcpy(member[n].given, member[0].given);
		born(&member[n], member[0].year + 20, member[0].year + 34);
		n++;
	}
	else if (u >= 0.4)
	{
		field other;

		family_name(other);
		make_person(&member[n], !first_male, chance(0.3) ? other : name, &home);
		born(&member[n], member[0].year - 6, member[0].year + 6);
		n++;
		for (int i = u < 0.7 ? 0 : 1 + below(3); i > 0; i--, n++)
		{
			make_person(&member[n], chance(0.5), name, &home);
			born(&member[n], member[0].year + 22, member[0].year + 34);
		}
	}
	share(member, n);
	for (int i = 0; i < n; i++)
		write_person(&member[i]);
}

static FILE *
open_file(const char *folder, const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (file == NULL)
	{
		perror(path);
		exit(1);
	}
	return file;
}

int
main(int argc, char **argv)
{
	if (argc != 4)
	{
		fprintf(stderr, "usage: people RECORDS SEED FOLDER\n");
		return 2;
	}
	wanted = atol(argv[1]);
	state = strtoull(argv[2], NULL, 10);
	later = fmin(0.1, fmax(0.02, 12000.0 / (double) wanted));
	for (int i = 0; i < TABLES; i++)
		out[i] = open_file(argv[3], table_name[i]);
	truth = open_file(argv[3], "truth");
	while (made < wanted)
		write_household();
	for (int i = 0; i < TABLES; i++)
		if (fclose(out[i]) != 0)
			return 1;
	return fclose(truth) != 0;
}
