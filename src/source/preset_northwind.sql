-- preset northwind: companies with their address and telephone number; the country tells how a
-- national number is read.

INSERT INTO crm_internal.preset (name, definition) VALUES ('northwind', $preset$
{
	"title": "Northwind, the sample database",
	"detect": {"tables": {
		"customers": ["customer_id", "company_name", "contact_name", "phone"],
		"orders": ["order_id", "customer_id"]}},
	"sources": [
		{
			"table": "customers",
			"key": ["customer_id"],
			"kind": "organization",
			"region": "CASE country WHEN 'Argentina' THEN 'AR' WHEN 'Austria' THEN 'AT' WHEN 'Belgium' THEN 'BE' WHEN 'Brazil' THEN 'BR' WHEN 'Canada' THEN 'CA' WHEN 'Denmark' THEN 'DK' WHEN 'Finland' THEN 'FI' WHEN 'France' THEN 'FR' WHEN 'Germany' THEN 'DE' WHEN 'Ireland' THEN 'IE' WHEN 'Italy' THEN 'IT' WHEN 'Mexico' THEN 'MX' WHEN 'Netherlands' THEN 'NL' WHEN 'Norway' THEN 'NO' WHEN 'Poland' THEN 'PL' WHEN 'Portugal' THEN 'PT' WHEN 'Spain' THEN 'ES' WHEN 'Sweden' THEN 'SE' WHEN 'Switzerland' THEN 'CH' WHEN 'UK' THEN 'GB' WHEN 'USA' THEN 'US' WHEN 'Venezuela' THEN 'VE' END",
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
