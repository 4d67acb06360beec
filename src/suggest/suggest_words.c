/* suggest_words.c - what columns are called in English, Dutch, German, French and Spanish.
 *
 * Names are folded to lower-case ASCII words first, so a dictionary entry is written that way.
 */
#include "postgres.h"

#include "suggest/suggest_rule.h"
#include "text/text.h"

#define NAME_SIZE 200

typedef struct entry
{
	const char *attribute;
	const char *language;
	const char *phrases; /* separated by | */
} entry;

static const entry dictionary[] = {
	{"email", "English",
	 "email|e mail|mail|email address|e mail address|mail address|email addr|"
	 "emails|e mails|mails|email addresses"},
	{"email", "Dutch", "emailadres|e mailadres|mailadres|e mail adres|emailadressen"},
	{"email", "German", "email adresse|e mail adresse|mailadresse|emailadresse"},
	{"email", "French", "courriel|courriels|adresse mail|adresse email|adresse courriel|mel"},
	{"email", "Spanish", "correo|correos|correo electronico|direccion correo|email correo"},
	{"phone", "English",
	 "phone|telephone|tel|phone number|telephone number|mobile|mobile phone|"
	 "cell|cell phone|cellphone|mobile number|msisdn|landline|"
	 "phones|telephones|phone numbers|mobiles"},
	{"phone", "Dutch",
	 "telefoon|telefoonnummer|telefoonnr|tel nr|telnr|mobiel|mobiele nummer|"
	 "mobiel nummer|gsm|vast|vast nummer|telefoonnummers"},
	{"phone", "German",
	 "telefon|telefonnummer|telefonnr|tel nummer|rufnummer|handy|handynummer|"
	 "mobil|mobilnummer|mobiltelefon|festnetz|telefonnummern"},
	{"phone", "French",
	 "telephone portable|portable|mobile|numero telephone|num tel|tel portable|"
	 "telephone fixe|telephones|numero de telephone"},
	{"phone", "Spanish",
	 "telefono|telefonos|movil|telefono movil|celular|numero telefono|telefono fijo|"
	 "numero de telefono"},
	{"given_name", "English", "given name|first name|firstname|fname|forename|givenname"},
	{"given_name", "Dutch", "voornaam|voornamen|roepnaam"},
	{"given_name", "German", "vorname|vornamen|rufname"},
	{"given_name", "French", "prenom|prenoms"},
	{"given_name", "Spanish", "nombre de pila|nombre pila|primer nombre"},
	{"family_name", "English", "family name|last name|lastname|lname|surname|familyname"},
	{"family_name", "Dutch", "achternaam|familienaam|geslachtsnaam"},
	{"family_name", "German", "nachname|familienname|zuname"},
	{"family_name", "French", "nom de famille|nom famille|patronyme"},
	{"family_name", "Spanish", "apellido|apellidos|primer apellido"},
	{"name_prefix", "Dutch", "tussenvoegsel|tussenvoegsels|voorvoegsel|voorvoegsels"},
	{"name", "English",
	 "name|full name|fullname|display name|customer name|account name|"
	 "contact name|client name|person name"},
	{"name", "Dutch", "naam|volledige naam|klantnaam|weergavenaam|contactpersoon"},
	{"name", "German", "vollstandiger name|kundenname|anzeigename|ansprechpartner"},
	{"name", "French", "nom|nom complet|nom client|nom et prenom|raison"},
	{"name", "Spanish", "nombre|nombre completo|nombre cliente|nombre y apellidos"},
	{"organization", "English",
	 "organization|organisation|company|company name|business name|"
	 "organization name|organisation name|firm|employer|legal name"},
	{"organization", "Dutch",
	 "bedrijf|bedrijfsnaam|organisatie|organisatienaam|firma|firmanaam|"
	 "handelsnaam"},
	{"organization", "German", "firma|firmenname|unternehmen|organisation|firmenbezeichnung"},
	{"organization", "French", "entreprise|societe|raison sociale|nom entreprise|nom societe"},
	{"organization", "Spanish", "empresa|razon social|nombre empresa|sociedad|compania"},
	{"street", "English",
	 "street|address|street address|address line|address line 1|addr|road|"
	 "street name|address1|mailing street|billing street|shipping street"},
	{"street", "Dutch", "straat|straatnaam|adres|adresregel|straat en huisnummer|bezoekadres"},
	{"street", "German", "strasse|str|anschrift|adresse|strasse hausnummer|strasse und hausnummer"},
	{"street", "French", "rue|voie|adresse|adresse postale|adresse ligne 1|adresse1"},
	{"street", "Spanish", "calle|direccion|domicilio|via"},
	{"house_number", "English", "house number|house no|house nr|street number|building number"},
	{"house_number", "Dutch", "huisnummer|huisnr"},
	{"house_number", "German", "hausnummer|hausnr|haus nr"},
	{"house_number", "French", "numero voie|numero rue|numero de rue"},
	{"house_number", "Spanish", "numero calle|numero de calle|numero casa"},
	{"postal_code", "English", "postal code|postcode|zip|zip code|zipcode|post code|postalcode"},
	{"postal_code", "Dutch", "postcode|pc6"},
	{"postal_code", "German", "plz|postleitzahl"},
	{"postal_code", "French", "code postal|codepostal|cp"},
	{"postal_code", "Spanish", "codigo postal|cod postal|codigopostal|cp"},
	{"city", "English", "city|town|locality|place|city name"},
	{"city", "Dutch", "woonplaats|plaats|plaatsnaam|stad|gemeente"},
	{"city", "German", "ort|stadt|wohnort|ortsname"},
	{"city", "French", "ville|commune|localite"},
	{"city", "Spanish", "ciudad|poblacion|localidad|municipio"},
	{"region", "English", "state|province|county|region|state province"},
	{"region", "Dutch", "provincie"},
	{"region", "German", "bundesland|kanton"},
	{"region", "French", "departement|province|canton"},
	{"region", "Spanish", "provincia|comunidad autonoma|estado"},
	{"country", "English", "country|country code|nation|country iso|iso country|country name"},
	{"country", "Dutch", "land|landcode|landnaam"},
	{"country", "German", "land|landercode|laendercode|landeskennzeichen|lkz"},
	{"country", "French", "pays|code pays"},
	{"country", "Spanish", "pais|codigo pais"},
	{"birth_date", "English", "birth date|birthdate|date of birth|dob|birthday|born|born on"},
	{"birth_date", "Dutch", "geboortedatum|geb datum|gebdatum|geboren|geboren op"},
	{"birth_date", "German", "geburtsdatum|geburtstag|geb dat|gebdat|geboren am"},
	{"birth_date", "French", "date de naissance|date naissance|naissance|ne le"},
	{"birth_date", "Spanish", "fecha de nacimiento|fecha nacimiento|nacimiento|fec nac"},
	{"gender", "English", "gender|sex"},
	{"gender", "Dutch", "geslacht|sekse"},
	{"gender", "German", "geschlecht|anrede"},
	{"gender", "French", "sexe|civilite|genre"},
	{"gender", "Spanish", "sexo|genero"},
	{"language", "English", "language|language code|lang|locale|preferred language"},
	{"language", "Dutch", "taal|taalcode|voertaal"},
	{"language", "German", "sprache|sprachcode|korrespondenzsprache"},
	{"language", "French", "langue|code langue"},
	{"language", "Spanish", "idioma|lengua|codigo idioma"},
	{"tax_number", "English", "tax number|tax id|vat|vat number|vat id|vat no|tin|ein|tax no"},
	{"tax_number", "Dutch", "btw|btw nummer|btwnummer|btw nr|kvk|kvk nummer|kvknummer|rsin"},
	{"tax_number", "German",
	 "ust id|ustid|u st id|u st id nr|ust idnr|umsatzsteuer id|steuernummer|uid nummer|ust nr"},
	{"tax_number", "French", "tva|numero tva|num tva|siret|siren|tva intracommunautaire"},
	{"tax_number", "Spanish", "nif|cif|nie|rfc|numero fiscal"},
	{"external_id", "English",
	 "external id|external ref|customer number|customer no|client number|"
	 "account number|crm id"},
	{"external_id", "Dutch", "klantnummer|klantnr|relatienummer|debiteurnummer"},
	{"external_id", "German", "kundennummer|kundennr|kunden nr|debitorennummer"},
	{"external_id", "French", "numero client|num client|code client"},
	{"external_id", "Spanish", "numero cliente|num cliente|codigo cliente"},
	{"latitude", "English", "latitude|lat|geo lat"},
	{"latitude", "Spanish", "latitud"},
	{"latitude", "Dutch", "breedtegraad"},
	{"latitude", "German", "breitengrad"},
	{"longitude", "English", "longitude|lon|lng|long|geo lon|geo lng"},
	{"longitude", "Spanish", "longitud"},
	{"longitude", "Dutch", "lengtegraad"},
	{"longitude", "German", "langengrad|laengengrad"},
	{"changed_at", "English",
	 "updated at|updated|updated on|modified|modified at|modified on|"
	 "last modified|last update|last updated|changed at|changed on|"
	 "write date|last change"},
	{"changed_at", "Dutch",
	 "gewijzigd|gewijzigd op|bijgewerkt|bijgewerkt op|wijzigingsdatum|"
	 "laatst gewijzigd"},
	{"changed_at", "German",
	 "geandert|geandert am|geaendert|geaendert am|anderungsdatum|"
	 "aenderungsdatum|aktualisiert|aktualisiert am"},
	{"changed_at", "French",
	 "modifie|modifie le|date modification|mis a jour|mis a jour le|"
	 "date maj|maj"},
	{"changed_at", "Spanish",
	 "modificado|actualizado|actualizado en|fecha modificacion|"
	 "fecha actualizacion"},
	{"is_organization", "English", "is company|is organization|is organisation|is business"},
	{"is_organization", "Dutch", "is bedrijf|is organisatie|zakelijk"},
	{"is_organization", "German", "ist firma|ist unternehmen"},
	{"is_organization", "French", "est entreprise|est societe"},
	{"is_organization", "Spanish", "es empresa"},
};

static void fold_name(const char *name, char out[NAME_SIZE]);
static void strip_word(char *name, const char *word);
static void strip_table_words(char *name, const char *table);
static double match_phrase(const char *whole, const char *bare, const char *phrase, size_t length);
static bool is_in(const char *name, const char *phrase, size_t length);
static bool ends_word(const char *name, const char *phrase, size_t length);

bool
crm_suggest_by_name(const char *column, const char *table, crm_word_match *out)
{
	char whole[NAME_SIZE];
	char bare[NAME_SIZE];
	size_t longest = 0;

	out->confidence = 0;
	fold_name(column, whole);
	strcpy(bare, whole);
	strip_table_words(bare, table);
	for (int i = 0; i < lengthof(dictionary); i++)
	{
		for (const char *phrase = dictionary[i].phrases; *phrase;)
		{
			size_t length = strcspn(phrase, "|");
			double confidence = match_phrase(whole, bare, phrase, length);

			if (confidence > out->confidence ||
				(confidence > 0 && confidence == out->confidence && length > longest))
			{
				*out = (crm_word_match){dictionary[i].attribute, phrase, dictionary[i].language,
										confidence};
				longest = length;
			}
			phrase += length + (phrase[length] == '|');
		}
	}
	return out->confidence > 0;
}

/* Lower-case ASCII words with one space between; camelCase is words, digits at the end are not. */
static void
fold_name(const char *name, char out[NAME_SIZE])
{
	char spaced[NAME_SIZE];
	size_t n = 0;
	size_t length;

	for (size_t i = 0; name[i] && n + 3 < sizeof(spaced); i++)
	{
		bool upper = name[i] >= 'A' && name[i] <= 'Z';
		bool after_lower = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
		bool before_lower = name[i + 1] >= 'a' && name[i + 1] <= 'z';
		bool after_upper = i > 0 && name[i - 1] >= 'A' && name[i - 1] <= 'Z';

		if (upper && (after_lower || (after_upper && before_lower)))
			spaced[n++] = ' ';
		spaced[n++] = name[i];
	}
	length = crm_text_fold(spaced, n, out, NAME_SIZE);
	while (length > 0 &&
		   ((out[length - 1] >= '0' && out[length - 1] <= '9') || out[length - 1] == ' '))
		out[--length] = '\0';
}

/* Words that say whose, not what: client_email, klant_naam, primary_phone. */
static void
strip_table_words(char *name, const char *table)
{
	static const char *const fillers[] = {
		"customer", "client",  "account",  "contact",    "person",  "user",     "lead",
		"member",   "primary", "main",     "home",       "work",    "private",  "billing",
		"shipping", "default", "klant",    "relatie",    "persoon", "zakelijk", "prive",
		"kunde",    "kunden",  "privat",   "cliente",    "usuario", "contacto", "kontakt",
		"debiteur", "partner", "prospect", "subscriber", "value",   "txt",      "fld",
		"col",      "nr",      "x",
	};
	char own[NAME_SIZE];
	char *save;

	for (int i = 0; i < lengthof(fillers); i++)
		strip_word(name, fillers[i]);
	fold_name(table, own);
	for (char *word = strtok_r(own, " ", &save); word; word = strtok_r(NULL, " ", &save))
		strip_word(name, word);
}

/* Never the last word that is left. */
static void
strip_word(char *name, const char *word)
{
	size_t length = strlen(word);
	char *at = name;

	while ((at = strstr(at, word)) != NULL)
	{
		bool starts = at == name || at[-1] == ' ';
		bool ends = at[length] == '\0' || at[length] == ' ';

		if (starts && ends && strlen(name) > length)
		{
			char *from = at[length] == ' ' ? at + length + 1 : at + length;
			char *to = at[length] == '\0' && at > name ? at - 1 : at;

			memmove(to, from, strlen(from) + 1);
			at = to;
		}
		else
			at += length;
	}
}

static double
match_phrase(const char *whole, const char *bare, const char *phrase, size_t length)
{
	if (strlen(whole) == length && memcmp(whole, phrase, length) == 0)
		return 0.95;
	if (strlen(bare) == length && memcmp(bare, phrase, length) == 0)
		return 0.9;
	if (length >= 3 && is_in(bare, phrase, length))
		return length >= 6 ? 0.75 : 0.65;
	if (length >= 5 && ends_word(whole, phrase, length))
		return 0.6;
	return 0;
}

/* As whole words. */
static bool
is_in(const char *name, const char *phrase, size_t length)
{
	for (const char *at = name; *at; at++)
		if (strncmp(at, phrase, length) == 0 && (at == name || at[-1] == ' ') &&
			(at[length] == '\0' || at[length] == ' '))
			return true;
	return false;
}

/* Compounds are written together in Dutch and German: klantvoornaam, Kundentelefon. */
static bool
ends_word(const char *name, const char *phrase, size_t length)
{
	size_t n = strlen(name);

	return n > length && memcmp(name + n - length, phrase, length) == 0;
}
