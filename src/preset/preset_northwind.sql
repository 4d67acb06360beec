-- preset northwind: companies with their address and telephone number.

INSERT INTO crm_internal.preset (name, definition) VALUES ('northwind', $preset$
{
	"title": "Northwind, the sample database",
	"detect": {"tables": {
		"customers": ["customer_id", "company_name", "contact_name", "phone"],
		"orders": ["order_id", "customer_id"]}},
	"sources": [
		{
			"table": "customers",
			"requires": ["company_name"],
			"key": ["customer_id"],
			"kind": "organization",
			"region": "country",
			"map": {
				"organization": ["company_name"],
				"phone": ["phone"],
				"street": ["address"],
				"postal_code": ["postal_code"],
				"city": ["city"],
				"region": ["region"],
				"country": ["country"]}
		}]
}
$preset$);
