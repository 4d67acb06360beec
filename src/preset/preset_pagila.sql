-- preset pagila: the address is one table away, the city two, the country three; who is marked
-- inactive has left.

INSERT INTO crm_internal.preset (name, definition) VALUES ('pagila', $preset$
{
	"title": "pagila, the sample database",
	"detect": {"tables": {
		"customer": ["customer_id", "store_id", "address_id"],
		"address": ["address_id", "district", "city_id"],
		"city": ["city_id", "country_id"],
		"payment": ["payment_id", "customer_id"]}},
	"sources": [
		{
			"table": "customer",
			"requires": ["last_name", "address_id"],
			"key": ["customer_id"],
			"kind": "person",
			"filter": ["activebool IS NOT FALSE", "active::integer IS DISTINCT FROM 0"],
			"region": "lookup(address_id, 'address(address_id).city_id', 'city(city_id).country_id', 'country(country_id).country')",
			"changed_at": ["last_update::timestamptz"],
			"map": {
				"given_name": ["first_name"],
				"family_name": ["last_name"],
				"email": ["email"],
				"phone": ["lookup(address_id, 'address(address_id).phone')"],
				"street": ["lookup(address_id, 'address(address_id).address')"],
				"postal_code": ["lookup(address_id, 'address(address_id).postal_code')"],
				"city": ["lookup(address_id, 'address(address_id).city_id', 'city(city_id).city')"],
				"region": ["lookup(address_id, 'address(address_id).district')"],
				"country": ["lookup(address_id, 'address(address_id).city_id', 'city(city_id).country_id', 'country(country_id).country')"]}
		}]
}
$preset$);
