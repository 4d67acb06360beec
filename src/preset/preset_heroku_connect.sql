-- preset heroku_connect: Salesforce's objects, of which only the mapped columns are there. Rows refer
-- to each other by sfid; the key is id, since a row that is not in Salesforce yet has no sfid.
-- A person account is a row of account and one of contact: one customer, by its external id.

INSERT INTO crm_internal.preset (name, definition) VALUES ('heroku_connect', $preset$
{
	"title": "Salesforce through Heroku Connect",
	"detect": {"tables": {
		"_trigger_log": ["table_name", "record_id"],
		"contact": ["id", "sfid", "_hc_lastop"]}},
	"sources": [
		{
			"table": "account",
			"requires": ["sfid", "name"],
			"key": ["id"],
			"kind": ["CASE WHEN ispersonaccount THEN 'person' ELSE 'organization' END", "organization"],
			"filter": ["isdeleted IS NOT TRUE"],
			"region": ["billingcountrycode", "coalesce(billingcountry, personmailingcountry)", "billingcountry"],
			"changed_at": "systemmodstamp AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(createdbyid, '\"user\"(sfid).username')", "createdbyid"],
			"map": {
				"organization": [["CASE WHEN ispersonaccount IS NOT TRUE THEN name END", "name"]],
				"name": [["CASE WHEN ispersonaccount AND lastname IS NULL THEN name END", "CASE WHEN ispersonaccount THEN name END"]],
				"given_name": ["firstname"],
				"family_name": ["lastname"],
				"email": ["personemail"],
				"phone": ["phone", "personmobilephone", "personhomephone"],
				"street": [["coalesce(billingstreet, personmailingstreet)", "billingstreet"]],
				"postal_code": [["coalesce(billingpostalcode, personmailingpostalcode)", "billingpostalcode"]],
				"city": [["coalesce(billingcity, personmailingcity)", "billingcity"]],
				"region": [["coalesce(billingstate, personmailingstate)", "billingstate"]],
				"country": [["billingcountrycode", "coalesce(billingcountry, personmailingcountry)", "billingcountry"]],
				"birth_date": ["personbirthdate"],
				"latitude": ["billinglatitude"],
				"longitude": ["billinglongitude"],
				"external_id": ["md5(CASE WHEN ispersonaccount THEN sfid END)"]},
			"belongs_to": "lookup(parentid, 'account(sfid).id')",
			"related": "account",
			"relation": "parent_company"
		},
		{
			"table": "contact",
			"requires": ["sfid"],
			"key": ["id"],
			"kind": "person",
			"filter": ["isdeleted IS NOT TRUE"],
			"region": ["mailingcountrycode", "mailingcountry"],
			"changed_at": "systemmodstamp AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(createdbyid, '\"user\"(sfid).username')", "createdbyid"],
			"map": {
				"name": [["CASE WHEN lastname IS NULL THEN name END", "name"]],
				"given_name": ["firstname"],
				"family_name": ["lastname"],
				"organization": [["CASE WHEN ispersonaccount IS NOT TRUE THEN lookup(accountid, 'account(sfid).name') END",
					"lookup(accountid, 'account(sfid).name')"]],
				"email": ["email"],
				"phone": ["phone", "mobilephone", "homephone", "otherphone"],
				"street": ["mailingstreet"],
				"postal_code": ["mailingpostalcode"],
				"city": ["mailingcity"],
				"region": ["mailingstate"],
				"country": [["mailingcountrycode", "mailingcountry"]],
				"birth_date": ["birthdate"],
				"latitude": ["mailinglatitude"],
				"longitude": ["mailinglongitude"],
				"external_id": ["md5(CASE WHEN ispersonaccount THEN accountid END)",
					"md5(lookup(sfid, 'lead(convertedcontactid).convertedcontactid'))"]},
			"belongs_to": ["CASE WHEN ispersonaccount IS NOT TRUE THEN lookup(accountid, 'account(sfid).id') END",
				"lookup(accountid, 'account(sfid).id')"],
			"related": "account",
			"relation": "contact_of"
		},
		{
			"table": "lead",
			"requires": ["sfid"],
			"key": ["id"],
			"kind": "person",
			"filter": ["isdeleted IS NOT TRUE"],
			"region": ["countrycode", "country"],
			"changed_at": "systemmodstamp AT TIME ZONE 'UTC'",
			"entered_by": ["lookup(createdbyid, '\"user\"(sfid).username')", "createdbyid"],
			"map": {
				"name": [["CASE WHEN lastname IS NULL THEN name END", "name"]],
				"given_name": ["firstname"],
				"family_name": ["lastname"],
				"organization": ["nullif(company, '[not provided]')"],
				"email": ["email"],
				"phone": ["phone", "mobilephone"],
				"street": ["street"],
				"postal_code": ["postalcode"],
				"city": ["city"],
				"region": ["state"],
				"country": [["countrycode", "country"]],
				"latitude": ["latitude"],
				"longitude": ["longitude"],
				"external_id": ["md5(convertedcontactid)"]}
		}]
}
$preset$);
