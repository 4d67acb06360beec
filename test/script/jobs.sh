# jobs.sh - what test/script/run can do; sourced by it.

seconds() { echo "$((SECONDS - began)) s"; }

job_demo() {
	rm -f "$top/build/kept"
	build
	start
	[ -x "$tree/test/demo/run" ] || die "test/demo/run is missing"
	cd "$tree"
	as_server_user SEED="${SEED:-1}" OUT="$out" test/demo/run
	if [ -n "$KEEP" ]; then
		kept=yes
		echo "$work" >"$top/build/kept"
		echo "look around:  $bin/psql -h $PGHOST -U postgres ${DEMO_DATABASE:-demo}"
		echo "stop it:      make stop"
		rm -rf "$short"
	fi
	say "done in $(seconds)"
}

job_bench() {
	build
	start
	[ -x "$tree/test/bench/run" ] || die "test/bench/run is missing"
	cd "$tree"
	as_server_user SEED="${SEED:-1}" OUT="$out" test/bench/run
}

# Every test is a file; test/script/one knows how each kind runs and lets it speak TAP.
list_tests() {
	local file
	if [ -n "${ONLY:-}" ]; then
		printf '%s\n' $ONLY
		return
	fi
	[ "$what" != test ] || echo test/lint/run
	for file in test/unit/*.c sql/*.sql test/pgtap/*.sql test/isolation/specs/*.spec; do
		[ ! -f "$file" ] || echo "$file"
	done
	[ "$what" = asan ] || for file in test/tap/t/*.pl test/property/* test/quality/*; do
		[ ! -f "$file" ] || ! is_test "$file" || echo "$file"
	done
}

# tools lie beside the tests that use them
is_test() {
	case $1 in *.pl | *.t) return 0 ;; esac
	[ -x "$1" ] && grep -qE 'Test::More|TAP|1\.\.' "$1"
}

run_tests() {
	local pgxs tests
	pgxs=$(dirname "$(dirname "$("$pg_config" --pgxs)")")
	cd "$tree"
	mapfile -t tests < <(list_tests)
	[ ${#tests[@]} -gt 0 ] || die "no tests found"
	as_server_user OUT="$out" TREE="$tree" UNITS="$work/$what/unit" \
		PERL5LIB="$pgxs/test/perl" PG_REGRESS="$pgxs/test/regress/pg_regress" \
		PG_ISOLATION="$pgxs/test/isolation/pg_isolation_regress" \
		prove --exec "$tree/test/script/one" "${tests[@]}"
}

build_units() {
	attend make -s -C "$tree" -f test/unit/Makefile PG_CONFIG="$pg_config" \
		TO="$work/$what/unit" "$@" >"$work/$what/unit.log" 2>&1 || {
		cat "$work/$what/unit.log" >&2
		die "the unit tests do not build"
	}
}

job_test() {
	build COPT=-Werror
	build_units
	start
	say "testing"
	run_tests
}

job_lint() {
	build
	short=$(mktemp -d /tmp/crm-XXXXXX)
	cd "$tree"
	attend test/lint/run
}
