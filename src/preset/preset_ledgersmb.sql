-- preset ledgersmb: an entity is a customer where a credit account of class 2 makes it one.
-- A lookup tells the least class that an entity's accounts have, vendors being 1: an entity with
-- accounts of both kinds is not told from a vendor by it, so of such the account of class 2 is the
-- customer. The form for persons gives everybody the class of employees, so that a row in
-- entity_employee decides who is one, and a person counts whom a customer's account or company names.

INSERT INTO crm_internal.preset (name, definition) VALUES ('ledgersmb', $preset$
{
	"title": "LedgerSMB",
	"detect": {"tables": {
		"entity": ["id", "name", "entity_class", "control_code"],
		"entity_credit_account": ["id", "entity_id", "entity_class", "meta_number"],
		"entity_to_contact": ["entity_id", "contact_class_id", "contact"],
		"company": ["entity_id", "legal_name"],
		"person": ["entity_id", "first_name", "last_name"]}},
	"sources": [
		{
			"table": "entity_credit_account",
			"key": ["id"],
			"requires": ["entity_id", "entity_class"],
			"kind": "CASE WHEN lookup(entity_id, 'company(entity_id).id') IS NULL THEN 'person' ELSE 'organization' END",
			"region": "replace(lookup(entity_id, 'entity(id).country_id', 'country(id).short_name'), 'UK', 'GB')",
			"filter": ["entity_class = 2", "lookup(entity_id, 'entity_credit_account(entity_id).entity_class') = '1'"],
			"map": {
				"name": ["CASE WHEN lookup(entity_id, 'person(entity_id).id') IS NULL THEN lookup(entity_id, 'entity(id).name') END"],
				"given_name": ["lookup(entity_id, 'person(entity_id).first_name')"],
				"family_name": ["lookup(entity_id, 'person(entity_id).last_name')"],
				"birth_date": ["lookup(entity_id, 'person(entity_id).birthdate')"],
				"tax_number": ["lookup(entity_id, 'company(entity_id).tax_id')"]},
			"details": [
				{
					"table": "eca_to_contact",
					"key": ["credit_id"],
					"filter": ["contact_class_id IN (1, 2, 3, 11, 12, 15)"],
					"preferred": "contact_class_id IN (1, 12)",
					"map": {
						"email": ["CASE WHEN contact_class_id IN (12, 15) THEN contact END"],
						"phone": ["CASE WHEN contact_class_id IN (1, 2, 3, 11) THEN contact END"]}},
				{
					"table": "entity_to_contact",
					"key": ["entity_id = entity_id"],
					"filter": ["contact_class_id IN (1, 2, 3, 11, 12, 15)"],
					"preferred": "contact_class_id IN (1, 12)",
					"map": {
						"email": ["CASE WHEN contact_class_id IN (12, 15) THEN contact END"],
						"phone": ["CASE WHEN contact_class_id IN (1, 2, 3, 11) THEN contact END"]}},
				{
					"table": "eca_to_location",
					"key": ["credit_id"],
					"filter": ["location_class <> 3"],
					"preferred": "location_class = 1",
					"map": {},
					"details": [{
						"table": "location",
						"key": ["id = location_id"],
						"filter": ["active"],
						"map": {
							"street": ["line_one"],
							"postal_code": ["mail_code"],
							"city": ["city"],
							"region": ["state"],
							"country": ["replace(lookup(country_id, 'country(id).short_name'), 'UK', 'GB')"]}}]},
				{
					"table": "entity_to_location",
					"key": ["entity_id = entity_id"],
					"filter": ["location_class <> 3"],
					"preferred": "location_class = 4",
					"map": {},
					"details": [{
						"table": "location",
						"key": ["id = location_id"],
						"filter": ["active"],
						"map": {
							"street": ["line_one"],
							"postal_code": ["mail_code"],
							"city": ["city"],
							"region": ["state"],
							"country": ["replace(lookup(country_id, 'country(id).short_name'), 'UK', 'GB')"]}}]}]
		},
		{
			"table": "entity",
			"key": ["id"],
			"requires": ["name", "entity_class"],
			"kind": "CASE WHEN lookup(id, 'company(entity_id).id') IS NULL THEN 'person' ELSE 'organization' END",
			"region": "replace(lookup(country_id, 'country(id).short_name'), 'UK', 'GB')",
			"filter": [["lookup(id, 'entity_credit_account(entity_id).entity_class') = '2' OR (lookup(id, 'entity_credit_account(entity_id).entity_class') IS NULL AND lookup(id, 'entity_employee(entity_id).entity_id') IS NULL AND lookup(id, 'users(entity_id).id') IS NULL AND (entity_class IN (2, 4, 5, 6, 7, 8) OR lookup(id, 'person(entity_id).id', 'entity_credit_account(primary_contact).entity_class') = '2' OR lookup(id, 'person(entity_id).id', 'person_to_company(person_id).company_id', 'company(id).entity_id', 'entity_credit_account(entity_id).entity_class') = '2'))",
				"lookup(id, 'entity_credit_account(entity_id).entity_class') = '2' OR (lookup(id, 'entity_credit_account(entity_id).entity_class') IS NULL AND lookup(id, 'entity_employee(entity_id).entity_id') IS NULL AND lookup(id, 'users(entity_id).id') IS NULL AND (entity_class IN (2, 4, 5, 6, 7, 8) OR lookup(id, 'person(entity_id).id', 'entity_credit_account(primary_contact).entity_class') = '2'))"]],
			"map": {
				"name": ["CASE WHEN lookup(id, 'person(entity_id).id') IS NULL THEN name END"],
				"given_name": ["lookup(id, 'person(entity_id).first_name')"],
				"family_name": ["lookup(id, 'person(entity_id).last_name')"],
				"birth_date": ["lookup(id, 'person(entity_id).birthdate')"],
				"tax_number": ["lookup(id, 'company(entity_id).tax_id')"]},
			"details": [
				{
					"table": "entity_to_contact",
					"key": ["entity_id"],
					"filter": ["contact_class_id IN (1, 2, 3, 11, 12, 15)"],
					"preferred": "contact_class_id IN (1, 12)",
					"map": {
						"email": ["CASE WHEN contact_class_id IN (12, 15) THEN contact END"],
						"phone": ["CASE WHEN contact_class_id IN (1, 2, 3, 11) THEN contact END"]}},
				{
					"table": "entity_to_location",
					"key": ["entity_id"],
					"filter": ["location_class <> 3"],
					"preferred": "location_class = 4",
					"map": {},
					"details": [{
						"table": "location",
						"key": ["id = location_id"],
						"filter": ["active"],
						"map": {
							"street": ["line_one"],
							"postal_code": ["mail_code"],
							"city": ["city"],
							"region": ["state"],
							"country": ["replace(lookup(country_id, 'country(id).short_name'), 'UK', 'GB')"]}}]},
				{
					"table": "entity_credit_account",
					"key": ["entity_id"],
					"filter": ["entity_class = 2"],
					"map": {},
					"details": [
						{
							"table": "eca_to_contact",
							"key": ["credit_id = id"],
							"filter": ["contact_class_id IN (1, 2, 3, 11, 12, 15)"],
							"preferred": "contact_class_id IN (1, 12)",
							"map": {
								"email": ["CASE WHEN contact_class_id IN (12, 15) THEN contact END"],
								"phone": ["CASE WHEN contact_class_id IN (1, 2, 3, 11) THEN contact END"]}},
						{
							"table": "eca_to_location",
							"key": ["credit_id = id"],
							"filter": ["location_class <> 3"],
							"preferred": "location_class = 1",
							"map": {},
							"details": [{
								"table": "location",
								"key": ["id = location_id"],
								"filter": ["active"],
								"map": {
									"street": ["line_one"],
									"postal_code": ["mail_code"],
									"city": ["city"],
									"region": ["state"],
									"country": ["replace(lookup(country_id, 'country(id).short_name'), 'UK', 'GB')"]}}]}]},
				{
					"table": "person",
					"key": ["entity_id"],
					"map": {},
					"details": [
						{
							"table": "entity_credit_account",
							"key": ["primary_contact = id"],
							"filter": ["entity_class = 2"],
							"map": {},
							"belongs_to": "entity_id",
							"related": "entity",
							"relation": "contact_of"},
						{
							"table": "person_to_company",
							"key": ["person_id = id"],
							"map": {},
							"belongs_to": "lookup(company_id, 'company(id).entity_id')",
							"related": "entity",
							"relation": "contact_of"}]}]
		}]
}
$preset$);
