/* cppcheck.h - the server's macros that cppcheck cannot guess without its headers. */
#define PG_FUNCTION_INFO_V1(name) extern Datum name(FunctionCallInfo fcinfo)
#define PG_MODULE_MAGIC extern int Pg_magic
#define PG_MODULE_MAGIC_EXT(...) extern int Pg_magic
#define PG_TRY() do { if (crm_tried()) {
#define PG_CATCH() } else {
#define PG_FINALLY() } {
#define PG_END_TRY() } } while (0)
#define foreach(cell, list) for (cell = list_head(list); cell; cell = lnext(list, cell))
#define forboth(a, list, b, other) \
	for (a = list_head(list), b = list_head(other); a && b; a = lnext(list, a), b = lnext(other, b))
