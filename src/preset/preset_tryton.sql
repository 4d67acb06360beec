-- preset tryton: parties, with what reaches them in tables of their own.
-- A party does not say whether it is a person or a company: an identifier that only businesses have
-- does, else the name. An employee's party is a colleague for as long as the row of the employee is there.

INSERT INTO crm_internal.preset (name, definition) VALUES ('tryton', $preset$
{
	"title": "Tryton",
	"detect": {"tables": {
		"party_party": ["id", "name", "code", "active"],
		"party_contact_mechanism": ["party", "type", "value"],
		"party_address": ["party", "street", "city"],
		"party_identifier": ["party", "code"]}},
	"sources": [
		{
			"table": "party_party",
			"key": ["id"],
			"requires": ["name"],
			"kind": "CASE WHEN lookup(id, 'party_identifier(party).type') ~ '_(vat|btw|tva|siren|siret|cif|cvr|cnpj|cuit|abn|acn|uid|dic|kmkr|registrikood|handelsregisternummer|businessid|ytunnus|alv|anum|unp|bn|uscc|rnc|ruc|npwp|hp|at_02)$' THEN 'organization' END",
			"region": "lookup(id, 'party_address(party).country', 'country_country(id).code')",
			"changed_at": "COALESCE(write_date, create_date) AT TIME ZONE 'UTC'",
			"entered_by": "lookup(create_uid, 'res_user(id).login')",
			"filter": [
				"active",
				"replaced_by IS NULL",
				"lookup(id, 'company_company(party).id') IS NULL",
				"lookup(id, 'company_employee(party).id') IS NULL"],
			"map": {
				"name": ["name"]},
			"details": [
				{
					"table": "party_contact_mechanism",
					"key": ["party"],
					"filter": ["active", "type IN ('email', 'phone', 'mobile')"],
					"preferred": "sequence = 1",
					"map": {
						"email": ["CASE WHEN type = 'email' THEN value END"],
						"phone": [["CASE WHEN type IN ('phone', 'mobile') THEN COALESCE(NULLIF(value_compact, ''), value) END", "CASE WHEN type IN ('phone', 'mobile') THEN value END"]]}},
				{
					"table": "party_address",
					"key": ["party"],
					"filter": ["active", "delivery IS NOT TRUE OR invoice"],
					"preferred": "sequence = 1",
					"map": {
						"street": [["street", "COALESCE(street_unstructured, concat_ws(' ', street_name, building_number))"]],
						"postal_code": [["postal_code", "zip"]],
						"city": ["city"],
						"region": ["lookup(subdivision, 'country_subdivision(id).name')"],
						"country": ["lookup(country, 'country_country(id).code')"]}},
				{
					"table": "party_identifier",
					"key": ["party"],
					"filter": ["type IS NOT NULL"],
					"map": {"tax_number": ["code"]}},
				{
					"table": "party_party_lang",
					"key": ["party"],
					"map": {"language": ["lookup(lang, 'ir_lang(id).code')"]}},
				{
					"table": "party_relation",
					"key": ["from_"],
					"map": {},
					"belongs_to": "\"to\"",
					"related": "party_party",
					"relation": "lookup(type, 'party_relation_type(id).name')"}]
		}]
}
$preset$);
