-- preset odoo: partners are people, companies, addresses and colleagues in one table; leads stand beside them.
-- A contact carries the tax number of its company and the address of it; only the number is left out.
-- A lead that is older than its partner is one that became it: both carry one external id, a hash, and
-- the customer stays the same. Any other lead of a partner is business with a customer who is there.

INSERT INTO crm_internal.preset (name, definition) VALUES ('odoo', $preset$
{
	"title": "Odoo",
	"detect": {"tables": {
		"res_partner": ["id", "name", "commercial_partner_id", "is_company", "partner_share", "type", "active"],
		"res_users": ["id", "login", "partner_id"],
		"res_company": ["id", "partner_id"],
		"res_country": ["id", "code"]}},
	"sources": [
		{
			"table": "res_partner",
			"key": ["id"],
			"requires": ["name"],
			"kind": "CASE WHEN is_company THEN 'organization' END",
			"region": "lookup(country_id, 'res_country(id).code')",
			"changed_at": "COALESCE(write_date, create_date) AT TIME ZONE 'UTC'",
			"entered_by": "lookup(create_uid, 'res_users(id).login')",
			"filter": [
				"active",
				"COALESCE(type, 'contact') = 'contact'",
				["COALESCE(partner_share, true)", "lookup(id, 'res_users(partner_id).id') IS NULL"],
				["lookup(commercial_partner_id, 'res_company(partner_id).id') IS NULL", "lookup(id, 'res_company(partner_id).id') IS NULL"],
				"employee IS NOT TRUE",
				["lookup(id, 'hr_employee(work_contact_id).id') IS NULL", "lookup(id, 'hr_employee(address_home_id).id') IS NULL"],
				"COALESCE(lookup(commercial_partner_id, 'res_partner(id).supplier_rank'), '0') = '0' OR COALESCE(lookup(commercial_partner_id, 'res_partner(id).customer_rank'), '0') <> '0'"],
			"map": {
				"name": ["name"],
				"organization": [["CASE WHEN is_company IS NOT TRUE THEN commercial_company_name END", "CASE WHEN is_company IS NOT TRUE THEN company_name END"]],
				"email": [
					"regexp_substr(email, '[^][[:space:],;:<>\"()]+@[^][[:space:],;:<>\"()]+')",
					"regexp_substr(email, '[^][[:space:],;:<>\"()]+@[^][[:space:],;:<>\"()]+', 1, 2)"],
				"phone": ["phone", "mobile"],
				"street": ["street"],
				"postal_code": ["zip"],
				"city": ["city"],
				"region": ["lookup(state_id, 'res_country_state(id).name')"],
				"country": ["lookup(country_id, 'res_country(id).code')"],
				"language": ["split_part(lang, '_', 1)"],
				"tax_number": ["CASE WHEN commercial_partner_id = id OR commercial_partner_id IS NULL THEN NULLIF(vat, '/') END"],
				"external_id": ["CASE WHEN CAST(lookup(id, 'crm_lead(partner_id).create_date') AS timestamp) <= create_date THEN md5('res_partner ' || id) END"],
				"latitude": ["NULLIF(partner_latitude, 0)"],
				"longitude": ["NULLIF(partner_longitude, 0)"]},
			"belongs_to": "parent_id",
			"related": "res_partner",
			"details": [
				{
					"table": "res_partner",
					"key": ["parent_id"],
					"requires": ["type"],
					"filter": ["active", "type = 'invoice'"],
					"map": {
						"email": ["regexp_substr(email, '[^][[:space:],;:<>\"()]+@[^][[:space:],;:<>\"()]+')"],
						"phone": ["phone"]}}]
		},
		{
			"table": "crm_lead",
			"key": ["id"],
			"requires": ["partner_id"],
			"kind": "CASE WHEN COALESCE(contact_name, '') = '' AND partner_name <> '' THEN 'organization' END",
			"region": "lookup(country_id, 'res_country(id).code')",
			"changed_at": "COALESCE(write_date, create_date) AT TIME ZONE 'UTC'",
			"entered_by": "lookup(create_uid, 'res_users(id).login')",
			"filter": [
				"active",
				["partner_id IS NULL OR (create_date <= CAST(lookup(partner_id, 'res_partner(id).create_date') AS timestamp) AND lookup(partner_id, 'res_partner(id).active') = 't')", "partner_id IS NULL"],
				"concat(contact_name, partner_name, email_from, phone) <> ''"],
			"map": {
				"name": ["contact_name"],
				"organization": ["partner_name"],
				"email": [
					"regexp_substr(email_from, '[^][[:space:],;:<>\"()]+@[^][[:space:],;:<>\"()]+')",
					"regexp_substr(email_from, '[^][[:space:],;:<>\"()]+@[^][[:space:],;:<>\"()]+', 1, 2)"],
				"phone": ["phone", "mobile"],
				"street": ["street"],
				"postal_code": ["zip"],
				"city": ["city"],
				"region": ["lookup(state_id, 'res_country_state(id).name')"],
				"country": ["lookup(country_id, 'res_country(id).code')"],
				"external_id": ["CASE WHEN (COALESCE(contact_name, '') = '') = (lookup(partner_id, 'res_partner(id).is_company') = 't') THEN md5('res_partner ' || partner_id) END"]}
		}]
}
$preset$);
