-- preset twenty: one schema a workspace; a field of several parts is as many columns, and further
-- e-mail addresses and numbers lie in jsonb arrays, of which three each are read. A colleague's own
-- address makes a person of twenty no customer.

INSERT INTO crm_internal.preset (name, definition) VALUES ('twenty', $preset$
{
	"title": "twenty",
	"detect": {"tables": {
		"person": ["id", "nameFirstName", "nameLastName", "companyId"],
		"company": ["id", "name"],
		"workspaceMember": ["id"]}},
	"sources": [
		{
			"table": "company",
			"requires": ["name"],
			"key": ["id"],
			"kind": "organization",
			"filter": ["\"deletedAt\" IS NULL"],
			"changed_at": "\"updatedAt\"",
			"entered_by": "nullif(\"createdByName\", '')",
			"map": {
				"organization": ["name"],
				"street": [["concat_ws(', ', nullif(\"addressAddressStreet1\", ''), nullif(\"addressAddressStreet2\", ''))", "address"]],
				"postal_code": ["\"addressAddressPostcode\""],
				"city": ["\"addressAddressCity\""],
				"region": ["\"addressAddressState\""],
				"country": ["\"addressAddressCountry\""],
				"latitude": ["\"addressAddressLat\""],
				"longitude": ["\"addressAddressLng\""]}
		},
		{
			"table": "person",
			"requires": ["nameFirstName"],
			"key": ["id"],
			"kind": "person",
			"filter": ["\"deletedAt\" IS NULL",
				"lookup(nullif(\"emailsPrimaryEmail\", ''), '\"workspaceMember\"(\"userEmail\").id') IS NULL"],
			"region": "nullif(\"phonesPrimaryPhoneCountryCode\", '')",
			"changed_at": "\"updatedAt\"",
			"entered_by": "nullif(\"createdByName\", '')",
			"map": {
				"given_name": ["\"nameFirstName\""],
				"family_name": ["\"nameLastName\""],
				"organization": ["lookup(\"companyId\", 'company(id).name')"],
				"email": [
					["\"emailsPrimaryEmail\"", "email"],
					"\"emailsAdditionalEmails\" ->> 0",
					"\"emailsAdditionalEmails\" ->> 1",
					"\"emailsAdditionalEmails\" ->> 2"],
				"phone": [
					["\"phonesPrimaryPhoneCallingCode\" || \"phonesPrimaryPhoneNumber\"", "\"phonesPrimaryPhoneNumber\"", "phone"],
					"concat(\"phonesAdditionalPhones\" -> 0 ->> 'callingCode', \"phonesAdditionalPhones\" -> 0 ->> 'number')",
					"concat(\"phonesAdditionalPhones\" -> 1 ->> 'callingCode', \"phonesAdditionalPhones\" -> 1 ->> 'number')",
					"concat(\"phonesAdditionalPhones\" -> 2 ->> 'callingCode', \"phonesAdditionalPhones\" -> 2 ->> 'number')"],
				"city": ["city"]},
			"belongs_to": "\"companyId\"",
			"related": "company",
			"relation": "contact_of"
		}]
}
$preset$);
