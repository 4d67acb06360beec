/* email_address_rule.c - the addr-spec of RFC 5321 and 6531.
 *
 * What people write in a form is accepted if a mail server would accept it: no comments, no
 * folding white space, no display name. An ASCII domain is checked here; one with other letters
 * (or with xn-- labels) goes through ICU's UTS 46, non-transitional, as browsers and registries do.
 */
#include "types/email_address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/utf8.h>

#define LOCAL_MAX 64
#define DOMAIN_MAX 255
#define LABEL_MAX 63
#define ADDRESS_MAX 254 /* RFC 3696 erratum 1690: what fits the path of an SMTP command */

typedef struct parser
{
	const char *text; /* without the white space around it */
	int32_t length;
	int32_t at;
	int32_t skipped; /* white space before it */
	char *out;
	int32_t used;
	crm_email_error *error;
} parser;

static bool
fail(parser *p, int32_t at, const char *reason)
{
	int position = p->skipped + 1;

	for (int32_t i = 0; i < at && i < p->length; i++)
		position += ((unsigned char) p->text[i] & 0xC0) != 0x80;
	p->error->position = position;
	p->error->reason = reason;
	return false;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
is_atext(char c)
{
	return is_alphanumeric(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
}

/* A character beyond ASCII: any that is seen. Moves behind it. */
static bool
read_wide(parser *p)
{
	int32_t before = p->at;
	UChar32 c;

	U8_NEXT(p->text, p->at, p->length, c);
	if (c < 0)
		return fail(p, before, "invalid UTF-8");
	if (u_isUWhiteSpace(c) || u_iscntrl(c) ||
		u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
		return fail(p, before, "invisible character in the local part");
	return true;
}

static bool
read_quoted(parser *p)
{
	p->at++;
	while (p->at < p->length && p->text[p->at] != '"')
	{
		char c = p->text[p->at];

		if ((unsigned char) c >= 0x80)
		{
			if (!read_wide(p))
				return false;
			continue;
		}
		if (c < ' ' || c > '~')
			return fail(p, p->at, "control character in the quoted local part");
		p->at++;
		if (c != '\\')
			continue;
		if (p->at >= p->length || p->text[p->at] < ' ' || p->text[p->at] > '~')
			return fail(p, p->at, "nothing to quote after the backslash");
		p->at++;
	}
	if (p->at >= p->length)
		return fail(p, p->at, "closing quote of the local part is missing");
	p->at++;
	return true;
}

static const char *
local_fault(char c)
{
	if (is_space(c))
		return "white space inside the address";
	if (c == '<' || c == '>')
		return "an address only is expected, without a name or angle brackets";
	if (c == ',' || c == ';')
		return "one address only is expected";
	return "character not allowed in the local part";
}

static bool
read_atoms(parser *p)
{
	char before = '.';

	for (; p->at < p->length && p->text[p->at] != '@'; before = p->text[p->at - 1])
	{
		char c = p->text[p->at];

		if ((unsigned char) c >= 0x80)
		{
			if (!read_wide(p))
				return false;
			continue;
		}
		if (c == '.' && before == '.')
			return fail(p, p->at,
						p->at == 0 ? "local part begins with a dot" : "two dots in a row");
		if (c != '.' && !is_atext(c))
			return fail(p, p->at, local_fault(c));
		p->at++;
	}
	if (p->at > 0 && before == '.')
		return fail(p, p->at - 1, "local part ends with a dot");
	return true;
}

static bool
read_local(parser *p)
{
	if (p->text[0] == '"' ? !read_quoted(p) : !read_atoms(p))
		return false;
	if (p->at >= p->length)
		return fail(p, p->at, "\"@\" is missing");
	if (p->text[p->at] != '@')
		return fail(p, p->at, "\"@\" is expected after the quoted local part");
	if (p->at == 0)
		return fail(p, p->at, "local part is empty");
	if (p->at > LOCAL_MAX)
		return fail(p, LOCAL_MAX, "local part is longer than 64 bytes");
	p->at++;
	memcpy(p->out, p->text, (size_t) p->at);
	p->used = p->at;
	return true;
}

/* [192.0.2.1] and [IPv6:2001:db8::1]; written back in the shortest form. */
static bool
read_literal(parser *p)
{
	int32_t begin = p->at + 1;
	int32_t length = p->length - begin - 1;
	bool six;
	int family;
	char address[INET6_ADDRSTRLEN + 1];
	unsigned char binary[16];

	if (p->text[p->length - 1] != ']')
		return fail(p, p->length, "closing bracket of the address literal is missing");
	six = length >= 5 && strncasecmp(p->text + begin, "IPv6:", 5) == 0;
	family = six ? AF_INET6 : AF_INET;
	if (six)
		begin += 5, length -= 5;
	if (length < 1 || length >= (int32_t) sizeof(address) || memchr(p->text + begin, 0, length))
		return fail(p, begin, "address literal is neither IPv4 nor IPv6");
	memcpy(address, p->text + begin, (size_t) length);
	address[length] = '\0';
	if (inet_pton(family, address, binary) != 1 ||
		inet_ntop(family, binary, address, sizeof(address)) == NULL)
		return fail(p, begin, six ? "bad IPv6 address" : "bad IPv4 address");

	strcpy(p->out + p->used, six ? "[IPv6:" : "[");
	strcat(p->out + p->used, address);
	strcat(p->out + p->used, "]");
	return true;
}

/* Checks a domain of ASCII letters; *at is where it is wrong. */
static const char *
domain_fault(const char *domain, int32_t length, int32_t *at)
{
	int32_t label = 0;
	bool letters = false;

	for (int32_t i = 0; i <= length; i++)
	{
		char c = i < length ? domain[i] : '.';

		*at = i;
		if (c != '.' && c != '-' && !is_alphanumeric(c))
			return is_space(c) ? "white space inside the address"
							   : "character not allowed in a domain";
		if (c != '.')
		{
			letters |= !isdigit((unsigned char) c);
			if (c == '-' && i == label)
				return "domain label begins with a hyphen";
			continue;
		}
		if (i == label && i == length && length > 0)
			return *at = i - 1, "domain ends with a dot";
		if (i == label)
			return length == 0 ? "domain is empty"
							   : (i == 0 ? "domain begins with a dot" : "two dots in a row");
		if (domain[i - 1] == '-')
			return *at = i - 1, "domain label ends with a hyphen";
		if (i - label > LABEL_MAX)
			return *at = label + LABEL_MAX, "domain label is longer than 63 characters";
		if (i == length && !letters)
			return *at = label, "top-level domain is a number (an IP address goes into brackets)";
		label = i + 1;
		letters = false;
	}
	return NULL;
}

static bool
is_plain_domain(const char *domain, int32_t length)
{
	for (int32_t i = 0; i < length; i++)
	{
		if ((unsigned char) domain[i] >= 0x80)
			return false;
		if ((i == 0 || domain[i - 1] == '.') && length - i >= 4 &&
			strncasecmp(domain + i, "xn--", 4) == 0)
			return false;
	}
	return true;
}

/* Opening costs milliseconds and most databases never meet such a domain: kept from the first on.
 */
static const UIDNA *
idna(void)
{
	static UIDNA *kept = NULL;
	UErrorCode status = U_ZERO_ERROR;

	if (kept == NULL)
		kept = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
								   UIDNA_NONTRANSITIONAL_TO_ASCII,
							   &status);
	return U_SUCCESS(status) ? kept : NULL;
}

static const char *
idna_fault(uint32_t errors)
{
	if (errors & UIDNA_ERROR_EMPTY_LABEL)
		return "domain label is empty";
	if (errors & (UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG))
		return "domain is too long in its ASCII form";
	if (errors & (UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN))
		return "domain label begins or ends with a hyphen";
	if (errors & (UIDNA_ERROR_PUNYCODE | UIDNA_ERROR_INVALID_ACE_LABEL))
		return "\"xn--\" label does not decode";
	if (errors & UIDNA_ERROR_BIDI)
		return "domain mixes writing directions";
	return "character not allowed in an internationalized domain";
}

/* UTS 46 lets hyphens stand third and fourth: registries sell such names. */
static uint32_t
idna_errors(const UIDNAInfo *info)
{
	return info->errors & ~(uint32_t) UIDNA_ERROR_HYPHEN_3_4;
}

/* ICU says that a name is wrong, not where: the first label that is wrong by itself. */
static int32_t
faulty_label(parser *p, uint32_t *errors)
{
	int32_t label = p->at;

	for (int32_t i = p->at; i <= p->length; i++)
	{
		UIDNAInfo info = UIDNA_INFO_INITIALIZER;
		UErrorCode status = U_ZERO_ERROR;
		char ascii[DOMAIN_MAX + 1];

		if (i < p->length && p->text[i] != '.')
			continue;
		uidna_labelToASCII_UTF8(idna(), p->text + label, i - label, ascii, sizeof(ascii), &info,
								&status);
		if (idna_errors(&info) != 0)
		{
			*errors = idna_errors(&info);
			return label;
		}
		label = i + 1;
	}
	return p->at;
}

/* The A-labels of the domain in ascii; their length, or -1 with the error filled. */
static int32_t
to_ascii(parser *p, char ascii[DOMAIN_MAX + 1])
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode status = U_ZERO_ERROR;
	int32_t length;

	if (idna() == NULL)
		return fail(p, p->at, "internationalized domains need ICU's data, which is missing") - 1;
	length = uidna_nameToASCII_UTF8(idna(), p->text + p->at, p->length - p->at, ascii,
									DOMAIN_MAX + 1, &info, &status);
	if (U_FAILURE(status) || length > DOMAIN_MAX)
		return fail(p, p->at, "domain is too long in its ASCII form") - 1;
	if (idna_errors(&info) != 0)
	{
		uint32_t errors = idna_errors(&info);
		int32_t at = faulty_label(p, &errors);

		return fail(p, at, idna_fault(errors)) - 1;
	}
	return length;
}

static bool
read_domain(parser *p)
{
	const char *domain = p->text + p->at;
	int32_t length = p->length - p->at;
	bool plain = is_plain_domain(domain, length);
	char ascii[DOMAIN_MAX + 1];
	const char *reason;
	int32_t at;

	if (plain && length > DOMAIN_MAX)
		return fail(p, p->at + DOMAIN_MAX, "domain is longer than 255 bytes");
	if (!plain)
	{
		length = to_ascii(p, ascii);
		if (length < 0)
			return false;
		domain = ascii;
	}
	reason = domain_fault(domain, length, &at);
	if (reason != NULL)
		return fail(p, p->at + (plain ? at : 0), reason);
	for (int32_t i = 0; i < length; i++)
		p->out[p->used + i] = to_lower(domain[i]);
	p->out[p->used + length] = '\0';
	return true;
}

bool
crm_email_parse(const char *text, size_t length, char out[CRM_EMAIL_SIZE], crm_email_error *error)
{
	parser p = {text, 0, 0, 0, out, 0, NULL};

	*error = (crm_email_error){0, NULL};
	p.error = error;
	while (length > 0 && is_space(text[length - 1]))
		length--;
	while (length > 0 && is_space(*p.text))
		p.text++, p.skipped++, length--;
	p.length = length > INT16_MAX ? INT16_MAX : (int32_t) length;

	if (p.length == 0)
		return fail(&p, 0, "the address is empty");
	if (!read_local(&p))
		return false;
	if (p.at < p.length && p.text[p.at] == '[' ? !read_literal(&p) : !read_domain(&p))
		return false;
	if (strlen(out) > ADDRESS_MAX)
		return fail(&p, p.length, "the address is longer than 254 bytes");
	return true;
}
