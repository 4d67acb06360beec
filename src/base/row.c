/* row.c - the columns of a row that SPI returned: NULL is always answered for. */
#include "postgres.h"

#include "base/row.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

static int elements_of(HeapTuple row, TupleDesc shape, int column, Oid *type, Datum **elements,
					   bool **nulls);

Numeric
crm_row_numeric(HeapTuple row, TupleDesc shape, int column)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);

	return absent ? NULL : DatumGetNumericCopy(value);
}

bool
crm_row_flag(HeapTuple row, TupleDesc shape, int column)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);

	return !absent && DatumGetBool(value);
}

int32
crm_row_number(HeapTuple row, TupleDesc shape, int column)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);

	return absent ? 0 : DatumGetInt32(value);
}

char
crm_row_char(HeapTuple row, TupleDesc shape, int column)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);

	return absent ? '\0' : DatumGetChar(value);
}

Oid
crm_row_oid(HeapTuple row, TupleDesc shape, int column)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);

	return absent ? InvalidOid : DatumGetObjectId(value);
}

List *
crm_row_texts(HeapTuple row, TupleDesc shape, int column)
{
	List *texts = NIL;
	Datum *elements;
	bool *nulls;
	Oid type;
	int n = elements_of(row, shape, column, &type, &elements, &nulls);

	for (int i = 0; i < n; i++)
		texts = lappend(texts, nulls[i] ? NULL : TextDatumGetCString(elements[i]));
	return texts;
}

List *
crm_row_numbers(HeapTuple row, TupleDesc shape, int column)
{
	List *numbers = NIL;
	Datum *elements;
	bool *nulls;
	Oid type;
	int n = elements_of(row, shape, column, &type, &elements, &nulls);

	for (int i = 0; i < n; i++)
		numbers = lappend_int(numbers, type == INT2OID ? DatumGetInt16(elements[i])
													   : DatumGetInt32(elements[i]));
	return numbers;
}

List *
crm_row_oids(HeapTuple row, TupleDesc shape, int column)
{
	List *oids = NIL;
	Datum *elements;
	bool *nulls;
	Oid type;
	int n = elements_of(row, shape, column, &type, &elements, &nulls);

	for (int i = 0; i < n; i++)
		oids = lappend_oid(oids, DatumGetObjectId(elements[i]));
	return oids;
}

/* Returns how many. */
static int
elements_of(HeapTuple row, TupleDesc shape, int column, Oid *type, Datum **elements, bool **nulls)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);
	ArrayType *array;
	int16 length;
	bool by_value;
	char align;
	int n;

	if (absent)
		return 0;
	array = DatumGetArrayTypeP(value);
	*type = ARR_ELEMTYPE(array);
	get_typlenbyvalalign(*type, &length, &by_value, &align);
	deconstruct_array(array, *type, length, by_value, align, elements, nulls, &n);
	return n;
}
