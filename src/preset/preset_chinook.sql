-- preset chinook: two spellings of the same tables are about, customer_id and "CustomerId".

INSERT INTO crm_internal.preset (name, definition) VALUES ('chinook', $preset$
{
	"title": "Chinook, the sample database",
	"detect": [
		{"tables": {
			"customer": ["customer_id", "support_rep_id", "company"],
			"invoice": ["invoice_id", "customer_id"]}},
		{"tables": {
			"Customer": ["CustomerId", "SupportRepId", "Company"],
			"Invoice": ["InvoiceId", "CustomerId"]}}],
	"sources": [
		{
			"table": ["customer", "Customer"],
			"requires": [["last_name", "LastName"]],
			"kind": "person",
			"region": ["country", "\"Country\""],
			"map": {
				"given_name": [["first_name", "\"FirstName\""]],
				"family_name": [["last_name", "\"LastName\""]],
				"organization": [["company", "\"Company\""]],
				"email": [["email", "\"Email\""]],
				"phone": [["phone", "\"Phone\""]],
				"street": [["address", "\"Address\""]],
				"postal_code": [["postal_code", "\"PostalCode\""]],
				"city": [["city", "\"City\""]],
				"region": [["state", "\"State\""]],
				"country": [["country", "\"Country\""]]}
		}]
}
$preset$);
