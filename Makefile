# crm - one customer record out of departmental tables.
#
#   make, make install      build and install as any PGXS extension
#   make demo, make test    everything by themselves, on a fresh machine (see `make help`)

EXTENSION = crm
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" crm.control)

SCRIPT = crm--$(EXTVERSION).sql
SQL_PARTS := $(wildcard $(addprefix src/,$(addsuffix .sql,$(shell cat src/ORDER))))
DATA_built = $(SCRIPT)

MODULE_big = crm
OBJS := $(sort $(patsubst %.c,%.o,$(wildcard src/*.c src/*/*.c)))

PG_CPPFLAGS = -Isrc
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -Werror=implicit-function-declaration
SHLIB_LINK = -licui18n -licuuc

EXTRA_CLEAN = $(SCRIPT) $(OBJS:.o=.d)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# After PGXS: set earlier, the server's own flags would be lost.
CFLAGS += -MMD -MP
-include $(OBJS:.o=.d)

$(SCRIPT): src/ORDER $(SQL_PARTS)
	{ printf '%s\n' '\echo Use "CREATE EXTENSION crm" to load this file. \quit'; \
	  for part in $(SQL_PARTS); do echo; cat $$part; done; } > $@
