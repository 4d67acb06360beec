-- preset espocrm: e-mail addresses and numbers hang on accounts, contacts and leads through link tables.
-- A converted lead and its contact carry one external id, a hash: ids that follow each other look alike.

INSERT INTO crm_internal.preset (name, definition) VALUES ('espocrm', $preset$
{
	"title": "EspoCRM",
	"detect": {"tables": {
		"account": ["id", "name", "deleted"],
		"contact": ["id", "first_name", "last_name", "deleted"],
		"entity_email_address": ["entity_id", "entity_type", "email_address_id"]}},
	"sources": [
		{
			"table": "account",
			"requires": ["name", "deleted"],
			"key": ["id"],
			"kind": "organization",
			"filter": ["deleted IS NOT TRUE"],
			"region": "billing_address_country",
			"changed_at": "modified_at AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(created_by_id, '\"user\"(id).user_name')", "created_by_id"],
			"map": {
				"organization": ["name"],
				"street": ["billing_address_street"],
				"postal_code": ["billing_address_postal_code"],
				"city": ["billing_address_city"],
				"region": ["billing_address_state"],
				"country": ["billing_address_country"]},
			"details": [
				{
					"table": "entity_email_address",
					"requires": ["entity_type"],
					"key": ["entity_id"],
					"requires": ["entity_type"],
					"filter": ["entity_type = 'Account'", "deleted IS NOT TRUE"],
					"preferred": "\"primary\"",
					"map": {"email": ["lookup(email_address_id, 'email_address(id).name')"]}},
				{
					"table": "entity_phone_number",
					"requires": ["entity_type"],
					"key": ["entity_id"],
					"requires": ["entity_type"],
					"filter": ["entity_type = 'Account'", "deleted IS NOT TRUE",
						"lookup(phone_number_id, 'phone_number(id).type') IS DISTINCT FROM 'Fax'"],
					"preferred": "\"primary\"",
					"map": {"phone": ["lookup(phone_number_id, 'phone_number(id).name')"]}}]
		},
		{
			"table": "contact",
			"requires": ["last_name", "deleted"],
			"key": ["id"],
			"kind": "person",
			"filter": ["deleted IS NOT TRUE"],
			"region": "address_country",
			"changed_at": "modified_at AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(created_by_id, '\"user\"(id).user_name')", "created_by_id"],
			"map": {
				"given_name": [["concat_ws(' ', first_name, middle_name)", "first_name"]],
				"family_name": ["last_name"],
				"organization": ["lookup(account_id, 'account(id).name')"],
				"gender": ["CASE WHEN salutation_name = 'Mr.' THEN 'm' WHEN salutation_name IN ('Mrs.', 'Ms.') THEN 'f' END"],
				"street": ["address_street"],
				"postal_code": ["address_postal_code"],
				"city": ["address_city"],
				"region": ["address_state"],
				"country": ["address_country"],
				"external_id": ["md5(lookup(id, 'lead(created_contact_id).created_contact_id'))"]},
			"details": [
				{
					"table": "entity_email_address",
					"requires": ["entity_type"],
					"key": ["entity_id"],
					"requires": ["entity_type"],
					"filter": ["entity_type = 'Contact'", "deleted IS NOT TRUE"],
					"preferred": "\"primary\"",
					"map": {"email": ["lookup(email_address_id, 'email_address(id).name')"]}},
				{
					"table": "entity_phone_number",
					"requires": ["entity_type"],
					"key": ["entity_id"],
					"requires": ["entity_type"],
					"filter": ["entity_type = 'Contact'", "deleted IS NOT TRUE",
						"lookup(phone_number_id, 'phone_number(id).type') IS DISTINCT FROM 'Fax'"],
					"preferred": "\"primary\"",
					"map": {"phone": ["lookup(phone_number_id, 'phone_number(id).name')"]}},
				{
					"table": "account_contact",
					"key": ["contact_id"],
					"filter": ["deleted IS NOT TRUE", "is_inactive IS NOT TRUE"],
					"map": {},
					"belongs_to": "account_id",
					"related": "account",
					"relation": "contact_of"}]
		},
		{
			"table": "lead",
			"requires": ["last_name", "status"],
			"key": ["id"],
			"kind": "person",
			"filter": ["deleted IS NOT TRUE"],
			"region": "address_country",
			"changed_at": "modified_at AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(created_by_id, '\"user\"(id).user_name')", "created_by_id"],
			"map": {
				"given_name": [["concat_ws(' ', first_name, middle_name)", "first_name"]],
				"family_name": ["last_name"],
				"organization": ["account_name"],
				"gender": ["CASE WHEN salutation_name = 'Mr.' THEN 'm' WHEN salutation_name IN ('Mrs.', 'Ms.') THEN 'f' END"],
				"street": ["address_street"],
				"postal_code": ["address_postal_code"],
				"city": ["address_city"],
				"region": ["address_state"],
				"country": ["address_country"],
				"external_id": ["md5(created_contact_id)"]},
			"details": [
				{
					"table": "entity_email_address",
					"requires": ["entity_type"],
					"key": ["entity_id"],
					"requires": ["entity_type"],
					"filter": ["entity_type = 'Lead'", "deleted IS NOT TRUE"],
					"preferred": "\"primary\"",
					"map": {"email": ["lookup(email_address_id, 'email_address(id).name')"]}},
				{
					"table": "entity_phone_number",
					"requires": ["entity_type"],
					"key": ["entity_id"],
					"requires": ["entity_type"],
					"filter": ["entity_type = 'Lead'", "deleted IS NOT TRUE",
						"lookup(phone_number_id, 'phone_number(id).type') IS DISTINCT FROM 'Fax'"],
					"preferred": "\"primary\"",
					"map": {"phone": ["lookup(phone_number_id, 'phone_number(id).name')"]}}]
		}]
}
$preset$);
