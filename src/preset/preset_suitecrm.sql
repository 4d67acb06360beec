-- preset suitecrm: SuiteCRM and SugarCRM keep their tables in MySQL or MariaDB, and are read as foreign
-- tables, which have neither keys nor triggers: crm.sync() finds what changed. A converted lead and its
-- contact carry one external id.

INSERT INTO crm_internal.preset (name, definition) VALUES ('suitecrm', $preset$
{
	"title": "SuiteCRM through mysql_fdw",
	"detect": {"tables": {
		"accounts": ["id", "name", "billing_address_street", "deleted"],
		"contacts": ["id", "last_name", "primary_address_street", "deleted"],
		"email_addr_bean_rel": ["bean_id", "bean_module", "email_address_id"]}},
	"sources": [
		{
			"table": "accounts",
			"requires": ["name"],
			"key": ["id"],
			"kind": "organization",
			"filter": [["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
			"region": "billing_address_country",
			"changed_at": "date_modified AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(created_by, 'users(id).user_name')", "created_by"],
			"map": {
				"organization": ["name"],
				"phone": ["phone_office", "phone_alternate"],
				"street": ["billing_address_street"],
				"postal_code": ["billing_address_postalcode"],
				"city": ["billing_address_city"],
				"region": ["billing_address_state"],
				"country": ["billing_address_country"]},
			"belongs_to": "nullif(parent_id::text, '')",
			"related": "accounts",
			"relation": "parent_company",
			"details": [
				{
					"table": "email_addr_bean_rel",
					"requires": ["bean_module"],
					"key": ["bean_id"],
					"requires": ["bean_module"],
					"filter": ["bean_module = 'Accounts'", ["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
					"preferred": ["primary_address = 1", "primary_address"],
					"map": {"email": ["lookup(email_address_id, 'email_addresses(id).email_address')"]}}]
		},
		{
			"table": "contacts",
			"requires": ["last_name"],
			"key": ["id"],
			"kind": "person",
			"filter": [["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
			"region": "primary_address_country",
			"changed_at": "date_modified AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(created_by, 'users(id).user_name')", "created_by"],
			"map": {
				"given_name": ["first_name"],
				"family_name": ["last_name"],
				"gender": ["CASE WHEN salutation = 'Mr.' THEN 'm' WHEN salutation IN ('Mrs.', 'Ms.') THEN 'f' END"],
				"phone": ["phone_mobile", "phone_work", "phone_home", "phone_other"],
				"street": ["primary_address_street"],
				"postal_code": ["primary_address_postalcode"],
				"city": ["primary_address_city"],
				"region": ["primary_address_state"],
				"country": ["primary_address_country"],
				"birth_date": ["birthdate"],
				"external_id": ["md5(lookup(id, 'leads(contact_id).contact_id'))"]},
			"details": [
				{
					"table": "email_addr_bean_rel",
					"requires": ["bean_module"],
					"key": ["bean_id"],
					"requires": ["bean_module"],
					"filter": ["bean_module = 'Contacts'", ["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
					"preferred": ["primary_address = 1", "primary_address"],
					"map": {"email": ["lookup(email_address_id, 'email_addresses(id).email_address')"]}},
				{
					"table": "accounts_contacts",
					"key": ["contact_id"],
					"filter": [["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
					"map": {"organization": ["lookup(account_id, 'accounts(id).name')"]},
					"belongs_to": "account_id",
					"related": "accounts",
					"relation": "contact_of"}]
		},
		{
			"table": "leads",
			"requires": ["last_name"],
			"key": ["id"],
			"kind": "person",
			"filter": [["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
			"region": "primary_address_country",
			"changed_at": "date_modified AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(created_by, 'users(id).user_name')", "created_by"],
			"map": {
				"given_name": ["first_name"],
				"family_name": ["last_name"],
				"gender": ["CASE WHEN salutation = 'Mr.' THEN 'm' WHEN salutation IN ('Mrs.', 'Ms.') THEN 'f' END"],
				"phone": ["phone_mobile", "phone_work", "phone_home", "phone_other"],
				"street": ["primary_address_street"],
				"postal_code": ["primary_address_postalcode"],
				"city": ["primary_address_city"],
				"region": ["primary_address_state"],
				"country": ["primary_address_country"],
				"birth_date": ["birthdate"],
				"organization": ["account_name"],
				"external_id": ["md5(nullif(contact_id::text, ''))"]},
			"details": [
				{
					"table": "email_addr_bean_rel",
					"requires": ["bean_module"],
					"key": ["bean_id"],
					"requires": ["bean_module"],
					"filter": ["bean_module = 'Leads'", ["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
					"preferred": ["primary_address = 1", "primary_address"],
					"map": {"email": ["lookup(email_address_id, 'email_addresses(id).email_address')"]}}]
		},
		{
			"table": "prospects",
			"requires": ["last_name"],
			"key": ["id"],
			"kind": "person",
			"filter": [["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
			"region": "primary_address_country",
			"changed_at": "date_modified AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(created_by, 'users(id).user_name')", "created_by"],
			"map": {
				"given_name": ["first_name"],
				"family_name": ["last_name"],
				"gender": ["CASE WHEN salutation = 'Mr.' THEN 'm' WHEN salutation IN ('Mrs.', 'Ms.') THEN 'f' END"],
				"phone": ["phone_mobile", "phone_work", "phone_home", "phone_other"],
				"street": ["primary_address_street"],
				"postal_code": ["primary_address_postalcode"],
				"city": ["primary_address_city"],
				"region": ["primary_address_state"],
				"country": ["primary_address_country"],
				"birth_date": ["birthdate"],
				"organization": ["account_name"]},
			"details": [
				{
					"table": "email_addr_bean_rel",
					"requires": ["bean_module"],
					"key": ["bean_id"],
					"requires": ["bean_module"],
					"filter": ["bean_module = 'Prospects'", ["coalesce(deleted, 0) = 0", "deleted IS NOT TRUE"]],
					"preferred": ["primary_address = 1", "primary_address"],
					"map": {"email": ["lookup(email_address_id, 'email_addresses(id).email_address')"]}}]
		}]
}
$preset$);
