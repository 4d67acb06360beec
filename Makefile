# crm - one customer record out of departmental tables.
#
#   make, make install      build and install as any PGXS extension
#   make demo, make test    everything by themselves, on a fresh machine (see `make help`)

# Targets that bring their own server; they must work before there is a pg_config.
SCRIPTED = demo test check-all lint asan valgrind coverage bench fuzz pgspot stop help

help_text = sed -n 's/^\#: //p' Makefile

.PHONY: $(SCRIPTED)
.DEFAULT_GOAL := all

#: make                 build with the pg_config of the PATH (or PG_CONFIG=...)
#: make install         install there
#: make demo            three invented departments, one customer record   [SEED=1 KEEP=1]
#: make test            everything that CI runs                           [ONLY="sql/a.sql test/unit/b.c"]
#: make stop            stop what `make demo KEEP=1` left running
#: make bench           the figures, each beside a plain run
#: make lint            the executable part of the house style
#: make asan            the suite with sanitizers: undefined behaviour, addresses in the units
#: make valgrind        the unit tests under valgrind
#: make coverage        the suite with line coverage, in build/coverage
#: make fuzz            fuzz the parsers                                  [SECONDS=60]
#: make check-all       lint, test, asan, valgrind, coverage, fuzz
#: make pgspot          search-path checks of the install script by pgspot
#: make distclean       remove everything that was built
# exec: a signal that make passes on must reach the script, not a shell around it
demo bench: ; @KEEP='$(KEEP)' SEED='$(SEED)' exec test/script/run $@
test asan valgrind coverage: ; @ONLY='$(ONLY)' exec test/script/run $@
fuzz: ; @SECONDS_EACH='$(SECONDS)' exec test/script/run $@
lint pgspot: ; @exec test/script/run $@
check-all: ; @exec test/script/check_all
stop: ; @exec test/script/cluster stop
help: ; @$(help_text)

ifneq ($(filter-out $(SCRIPTED),$(or $(MAKECMDGOALS),all)),)

EXTENSION = crm
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" crm.control)

SCRIPT = crm--$(EXTVERSION).sql
SQL_PARTS := $(wildcard $(addprefix src/,$(addsuffix .sql,$(shell cat src/ORDER))))
DATA_built = $(SCRIPT)

MODULE_big = crm
OBJS := $(sort $(patsubst %.c,%.o,$(wildcard src/*.c src/*/*.c)))

PG_CPPFLAGS = -Isrc -DCRM_VERSION='"$(EXTVERSION)"'
WARNINGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
PG_CFLAGS = $(WARNINGS) -Werror=implicit-function-declaration
SHLIB_LINK = -licui18n -licuuc

# A library of its own: libphonenumber costs a connection 5 ms, so it loads on first use only.
PHONE := $(patsubst %.cpp,crm_phone.so,$(wildcard src/types/phone_library.cpp))

EXTRA_CLEAN = $(SCRIPT) $(OBJS:.o=.d) crm_phone.so src/types/phone_library.o \
	src/types/phone_library.d

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq ($(wildcard $(PGXS)),)
$(error no server development files at PG_CONFIG=$(PG_CONFIG): install postgresql-server-dev, \
or run `make demo` or `make test`, which see to everything)
endif
include $(PGXS)

# After PGXS: set earlier, the server's own flags would be lost; PGXS overrides, so a plain += is ignored.
override CFLAGS += -MMD -MP
-include $(OBJS:.o=.d) $(wildcard src/types/phone_library.d)

$(SCRIPT): src/ORDER $(SQL_PARTS)
	{ printf '%s\n' '\echo Use "CREATE EXTENSION crm CASCADE" to load this file. \quit'; \
	  for part in $(SQL_PARTS); do echo; cat $$part; done; } > $@

ifneq ($(PHONE),)
all: $(PHONE)

src/types/phone_library.o: src/types/phone_library.cpp
	$(CXX) $(CXXFLAGS) $(COPT) -fPIC -MMD -MP $(CPPFLAGS) -c -o $@ $<

crm_phone.so: src/types/phone_library.o
	$(CXX) -shared $(COPT) -o $@ $< -lphonenumber -lstdc++

install: install-phone
install-phone: $(PHONE) installdirs
	$(INSTALL_SHLIB) crm_phone.so '$(DESTDIR)$(pkglibdir)/'

uninstall: uninstall-phone
uninstall-phone:
	rm -f '$(DESTDIR)$(pkglibdir)/crm_phone.so'
.PHONY: install-phone uninstall-phone
endif

distclean: remove-build
remove-build:
	rm -rf build
.PHONY: remove-build

endif
