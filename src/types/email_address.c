/* email_address.c - the type email_address.
 *
 * Compares without case, by ASCII letters only: an index must not change its order when the
 * system's Unicode tables do. (The domain is ASCII by then; RFC 5321 lets a server tell case in
 * the local part apart, no server in use does.)
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/pg_compat.h"
#include "types/email_address.h"

#define EMAIL_FORMAT 0x10 /* in the high nibble; the low one is zero */
#define EMAIL_HEADER 2

/* What follows the varlena header: bytes only, so that a short header is read in place. */
typedef struct email
{
	uint8 format;
	uint8 local_length; /* bytes before the @ */
	char text[FLEXIBLE_ARRAY_MEMBER];
} email;

typedef struct span
{
	struct varlena *value;
	const char *text;
	int length;
} span;

PG_FUNCTION_INFO_V1(crm_email_address_in);
PG_FUNCTION_INFO_V1(crm_email_address_out);
PG_FUNCTION_INFO_V1(crm_email_address_recv);
PG_FUNCTION_INFO_V1(crm_email_address_send);
PG_FUNCTION_INFO_V1(crm_email_address_or_null);
PG_FUNCTION_INFO_V1(crm_email_local_part);
PG_FUNCTION_INFO_V1(crm_email_domain);
PG_FUNCTION_INFO_V1(crm_email_eq);
PG_FUNCTION_INFO_V1(crm_email_ne);
PG_FUNCTION_INFO_V1(crm_email_lt);
PG_FUNCTION_INFO_V1(crm_email_le);
PG_FUNCTION_INFO_V1(crm_email_gt);
PG_FUNCTION_INFO_V1(crm_email_ge);
PG_FUNCTION_INFO_V1(crm_email_cmp);
PG_FUNCTION_INFO_V1(crm_email_hash);
PG_FUNCTION_INFO_V1(crm_email_hash_extended);

static struct varlena *parse_email(const char *text, crm_email_error *error);
static Datum make_email(const char *text, Node *context);
static span email_span(Datum datum);
static void release(span address, Datum datum);
static int compare_arguments(FunctionCallInfo fcinfo);

#define EMAIL_ARG(n) email_span(PG_GETARG_DATUM(n))

Datum
crm_email_address_in(PG_FUNCTION_ARGS)
{
	return make_email(PG_GETARG_CSTRING(0), (Node *) crm_escontext(fcinfo));
}

Datum
crm_email_address_out(PG_FUNCTION_ARGS)
{
	span address = EMAIL_ARG(0);

	PG_RETURN_CSTRING(pnstrdup(address.text, address.length));
}

Datum
crm_email_address_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	int length;
	int version = pq_getmsgbyte(message);

	if (version != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported version %d of external binary value for type %s",
							   version, "email_address")));
	return make_email(pq_getmsgtext(message, message->len - message->cursor, &length), NULL);
}

Datum
crm_email_address_send(PG_FUNCTION_ARGS)
{
	span address = EMAIL_ARG(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, 1);
	pq_sendtext(&message, address.text, address.length);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

Datum
crm_email_address_or_null(PG_FUNCTION_ARGS)
{
	crm_email_error error = {0, NULL};
	struct varlena *address = parse_email(text_to_cstring(PG_GETARG_TEXT_PP(0)), &error);

	if (address == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(address);
}

Datum
crm_email_local_part(PG_FUNCTION_ARGS)
{
	email *value = (email *) VARDATA_ANY(PG_GETARG_VARLENA_PP(0));

	PG_RETURN_TEXT_P(cstring_to_text_with_len(value->text, value->local_length));
}

Datum
crm_email_domain(PG_FUNCTION_ARGS)
{
	span address = EMAIL_ARG(0);
	email *value = (email *) (address.text - EMAIL_HEADER);
	int before = value->local_length + 1;

	PG_RETURN_TEXT_P(cstring_to_text_with_len(address.text + before, address.length - before));
}

Datum
crm_email_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) == 0);
}

Datum
crm_email_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) != 0);
}

Datum
crm_email_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) < 0);
}

Datum
crm_email_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) <= 0);
}

Datum
crm_email_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) > 0);
}

Datum
crm_email_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) >= 0);
}

Datum
crm_email_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

/* The address of an argument in lower case; its length. */
static int
lower_argument(FunctionCallInfo fcinfo, unsigned char out[CRM_EMAIL_SIZE])
{
	span address = EMAIL_ARG(0);
	int length = Min(address.length, CRM_EMAIL_SIZE);

	for (int i = 0; i < length; i++)
		out[i] = pg_ascii_tolower((unsigned char) address.text[i]);
	release(address, PG_GETARG_DATUM(0));
	return length;
}

Datum
crm_email_hash(PG_FUNCTION_ARGS)
{
	unsigned char lower[CRM_EMAIL_SIZE];
	int length = lower_argument(fcinfo, lower);

	return hash_any(lower, length);
}

Datum
crm_email_hash_extended(PG_FUNCTION_ARGS)
{
	unsigned char lower[CRM_EMAIL_SIZE];
	int length = lower_argument(fcinfo, lower);

	return hash_any_extended(lower, length, (uint64) PG_GETARG_INT64(1));
}

/* NULL if it is no address. The parser reads UTF-8; another encoding is translated and back. */
static struct varlena *
parse_email(const char *text, crm_email_error *error)
{
	char canonical[CRM_EMAIL_SIZE];
	const char *utf8 = text;
	const char *stored = canonical;
	struct varlena *result;
	email *value;
	size_t length;

	if (GetDatabaseEncoding() != PG_UTF8)
		utf8 = pg_server_to_any(text, strlen(text), PG_UTF8);
	if (!crm_email_parse(utf8, strlen(utf8), canonical, error))
		return NULL;
	if (GetDatabaseEncoding() != PG_UTF8)
		stored = pg_any_to_server(canonical, strlen(canonical), PG_UTF8);

	length = strlen(stored);
	result = palloc(VARHDRSZ + EMAIL_HEADER + length);
	SET_VARSIZE(result, VARHDRSZ + EMAIL_HEADER + length);
	value = (email *) VARDATA(result);
	value->format = EMAIL_FORMAT;
	value->local_length = (uint8) (strrchr(stored, '@') - stored); /* the domain holds none */
	memcpy(value->text, stored, length);
	return result;
}

static Datum
make_email(const char *text, Node *context)
{
	crm_email_error error = {0, NULL};
	struct varlena *address = parse_email(text, &error);

	if (address == NULL)
		ereturn(context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "email_address", text),
				 errdetail("At character %d: %s.", error.position, error.reason)));
	PG_RETURN_POINTER(address);
}

static span
email_span(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);

	return (span){value, ((email *) VARDATA_ANY(value))->text,
				  (int) VARSIZE_ANY_EXHDR(value) - EMAIL_HEADER};
}

/* A value that a wide row made the server compress was unpacked: a sort must not pile these up. */
static void
release(span address, Datum datum)
{
	if ((Pointer) address.value != DatumGetPointer(datum))
		pfree(address.value);
}

static int
compare(span a, span b)
{
	int shorter = Min(a.length, b.length);

	for (int i = 0; i < shorter; i++)
	{
		unsigned char x = pg_ascii_tolower((unsigned char) a.text[i]);
		unsigned char y = pg_ascii_tolower((unsigned char) b.text[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.length > b.length) - (a.length < b.length);
}

static int
compare_arguments(FunctionCallInfo fcinfo)
{
	span a = EMAIL_ARG(0);
	span b = EMAIL_ARG(1);
	int order = compare(a, b);

	release(a, PG_GETARG_DATUM(0));
	release(b, PG_GETARG_DATUM(1));
	return order;
}
