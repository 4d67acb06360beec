/* source_draft.c - checks how somebody wants a departmental table to be read. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/bitmapset.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "source/source_draft.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_part_anchor.h"
#include "source/source_relation.h"
#include "source/source_row.h"

/* ISO 3166-1 alpha-2, each between blanks. */
static const char regions[] =
	" AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
	"BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
	"EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
	"GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
	"KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
	"MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
	"QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
	"TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
	"ZW ";

static void check_choices(const crm_source *draft, Relation relation);
static void check_items(crm_source *draft, Relation relation, Bitmapset **columns);
static void check_filter(crm_source *draft, Relation relation, Bitmapset **columns);
static bool is_word(const char *text);
static void check_kind(crm_source *draft, Relation relation, Bitmapset **columns);
static void check_region(crm_source *draft, Relation relation, Bitmapset **columns);
static void check_changed_at(crm_source *draft, Relation relation, Bitmapset **columns);
static void check_preferred(crm_source *draft, Relation relation, Bitmapset **columns);
static crm_expression *checked(Relation relation, const char *text, const char *what,
							   Bitmapset **columns);
static bool is_string_type(Oid type);
static bool is_two_letters(const char *text);
static void refuse_type(Relation relation, const char *what, Oid type, const char *wanted)
	pg_attribute_noreturn();
static void add_columns(const crm_source *draft, Relation relation, List *names,
						Bitmapset **columns);
static void fill_columns(crm_source *draft, Relation relation, Bitmapset *columns);

void
crm_source_check_draft(crm_source *draft, Relation relation, const char *related)
{
	Bitmapset *columns;

	check_choices(draft, relation);
	columns = crm_source_check_expressions(draft, relation, related);
	if (draft->role == CRM_ROLE_SOURCE)
	{
		/* Last, for it may have to look at the rows. */
		List *key = crm_source_key(relation, draft->key);

		draft->key = crm_source_column_names(relation, key);
	}
	add_columns(draft, relation, draft->key, &columns);
	if (draft->source_id != 0)
		add_columns(draft, relation, crm_part_anchors(draft, relation), &columns);
	fill_columns(draft, relation, columns);
}

Bitmapset *
crm_source_check_expressions(crm_source *draft, Relation relation, const char *related)
{
	Bitmapset *columns = NULL;

	check_items(draft, relation, &columns);
	check_filter(draft, relation, &columns);
	check_kind(draft, relation, &columns);
	check_region(draft, relation, &columns);
	check_changed_at(draft, relation, &columns);
	check_preferred(draft, relation, &columns);
	if (draft->entered_by)
		draft->entered_by = checked(relation, draft->entered_by, "entered_by", &columns)->text;
	crm_source_check_relation(draft, relation, related, &columns);
	return columns;
}

static void
check_choices(const crm_source *draft, Relation relation)
{
	if (!(draft->trust >= 0 && draft->trust <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("trust %g of source \"%s\" is not between 0 and 1", draft->trust,
							   crm_relation_label(relation)),
						errhint("0.5 is usual; give more to the source whose values should win.")));
	if (draft->mode == NULL ||
		(strcmp(draft->mode, "watch") != 0 && strcmp(draft->mode, "inline") != 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("mode \"%s\" of source \"%s\" is unknown",
							   draft->mode ? draft->mode : "", crm_relation_label(relation)),
						errhint("Use \"watch\" (resolved in the background) or \"inline\" (in the "
								"writing transaction).")));
}

static void
check_items(crm_source *draft, Relation relation, Bitmapset **columns)
{
	ListCell *cell;

	foreach (cell, draft->items)
	{
		crm_source_item *item = lfirst(cell);
		char *what = psprintf("attribute \"%s\"", item->attribute);
		crm_expression *expression;

		expression = checked(relation, item->expression, what, columns);
		if (type_is_rowtype(getBaseType(expression->type)))
			refuse_type(relation, what, expression->type, "one value, not a whole row");
		item->expression = expression->text;
	}
}

static void
check_filter(crm_source *draft, Relation relation, Bitmapset **columns)
{
	crm_expression *filter;

	if (draft->filter == NULL)
		return;
	filter = checked(relation, draft->filter, "filter", columns);
	if (getBaseType(filter->type) != BOOLOID)
		refuse_type(relation, "filter", filter->type, "a condition, of type boolean");
	draft->filter = filter->text;
}

static bool
is_word(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz_")] == '\0';
}

static void
check_kind(crm_source *draft, Relation relation, Bitmapset **columns)
{
	crm_expression *kind;

	if (draft->kind == NULL || crm_source_is_kind(draft->kind))
		return;
	if (strcmp(draft->kind, "organisation") == 0)
	{
		draft->kind = "organization";
		return;
	}
	if (is_word(draft->kind) &&
		get_attnum(RelationGetRelid(relation), draft->kind) == InvalidAttrNumber)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("kind \"%s\" of source \"%s\" is neither a kind nor a column",
							   draft->kind, crm_relation_label(relation)),
						errhint("Use \"person\", \"organization\", or an expression over the row "
								"that gives one of them; leave it out where the values tell.")));
	kind = checked(relation, draft->kind, "kind", columns);
	if (!is_string_type(kind->type))
		refuse_type(relation, "kind", kind->type,
					"a text that is person or organization, for example CASE WHEN is_company THEN "
					"'organization' ELSE 'person' END");
	draft->kind = kind->text;
}

static void
check_region(crm_source *draft, Relation relation, Bitmapset **columns)
{
	crm_expression *region;

	if (draft->region == NULL)
		return;
	if (is_two_letters(draft->region) && crm_source_column_number(relation, draft->region) == 0)
	{
		char *code = asc_toupper(draft->region, 2);

		if (strstr(regions, psprintf(" %s ", code)) == NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("region \"%s\" of source \"%s\" is no country code",
								   draft->region, crm_relation_label(relation)),
							errhint("Use an ISO 3166 code of two letters, such as NL, DE or GB, or "
									"an expression over the row that gives one.")));
		draft->region = psprintf("'%s'::text", code);
		return;
	}
	region = checked(relation, draft->region, "region", columns);
	if (!is_string_type(region->type))
		refuse_type(relation, "region", region->type, "a text, the two letters of a country");
	draft->region = region->text;
}

static void
check_changed_at(crm_source *draft, Relation relation, Bitmapset **columns)
{
	crm_expression *changed_at;
	Oid type;

	if (draft->changed_at == NULL)
		return;
	changed_at = checked(relation, draft->changed_at, "changed_at", columns);
	type = getBaseType(changed_at->type);
	if (type != TIMESTAMPTZOID && type != TIMESTAMPOID && type != DATEOID)
		refuse_type(relation, "changed_at", changed_at->type, "a timestamp or a date");
	draft->changed_at = changed_at->text;
}

static void
check_preferred(crm_source *draft, Relation relation, Bitmapset **columns)
{
	crm_expression *preferred;

	if (draft->preferred == NULL)
		return;
	preferred = checked(relation, draft->preferred, "preferred", columns);
	if (getBaseType(preferred->type) != BOOLOID)
		refuse_type(relation, "preferred", preferred->type, "a condition, of type boolean");
	draft->preferred = preferred->text;
}

static crm_expression *
checked(Relation relation, const char *text, const char *what, Bitmapset **columns)
{
	crm_expression *expression = crm_source_expression(relation, text, what, NIL);

	*columns = bms_add_members(*columns, expression->columns);
	return expression;
}

static bool
is_string_type(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(getBaseType(type), &category, &preferred);
	return category == TYPCATEGORY_STRING || category == TYPCATEGORY_ENUM ||
		   getBaseType(type) == CHAROID;
}

static bool
is_two_letters(const char *text)
{
	return strlen(text) == 2 && isalpha((unsigned char) text[0]) &&
		   isalpha((unsigned char) text[1]);
}

static void
refuse_type(Relation relation, const char *what, Oid type, const char *wanted)
{
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("%s of source \"%s\" is of type %s", what, crm_relation_label(relation),
						   format_type_be(type)),
					errhint("It must be %s.", wanted)));
}

/*
 * Those of its key, and those that the keys of its parts equal: where one of these is gone it is
 * the part that needs attention.
 */
static void
add_columns(const crm_source *draft, Relation relation, List *names, Bitmapset **columns)
{
	ListCell *cell;

	foreach (cell, names)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(cell));

		if (number != 0)
			*columns = bms_add_member(*columns, number);
	}
}

static void
fill_columns(crm_source *draft, Relation relation, Bitmapset *columns)
{
	int number = -1;

	draft->column_numbers = NIL;
	while ((number = bms_next_member(columns, number)) >= 0)
		draft->column_numbers = lappend_int(draft->column_numbers, number);
	draft->columns = crm_source_column_names(relation, draft->column_numbers);
}
