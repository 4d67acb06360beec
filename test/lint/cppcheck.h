/* cppcheck.h - the server's macros that cppcheck cannot guess without its headers. */
#define PG_FUNCTION_INFO_V1(name) extern Datum name(FunctionCallInfo fcinfo)
#define PG_MODULE_MAGIC extern int Pg_magic
#define PG_TRY() if (1)
#define PG_CATCH() else
#define PG_FINALLY() if (1)
#define PG_END_TRY() (void) 0
#define PG_RE_THROW() return 0
