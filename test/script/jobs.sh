# jobs.sh - what test/script/run can do; sourced by it.

job_demo() {
	[ -x "$top/test/demo/run" ] || die "test/demo/run is missing"
	rm -f "$top/build/kept"
	build
	start
	cd "$tree"
	as_server_user SEED="${SEED:-1}" OUT="$out" test/demo/run
	if [ -n "${KEEP:-}" ]; then
		kept=yes
		echo "$work" >"$top/build/kept"
		echo "look around:  $bin/psql -h $PGHOST -U postgres $(demo_database)"
		echo "stop it:      make stop"
		rm -rf "$short"
	fi
	say "done in $((SECONDS - began)) s, set-up included"
}

# where the demo made the extension
demo_database() {
	local database
	for database in $(psql -XAtc "SELECT datname FROM pg_database WHERE datallowconn ORDER BY oid DESC"); do
		[ -z "$(psql -XAt -d "$database" -c "SELECT 1 FROM pg_extension WHERE extname = 'crm'")" ] || break
	done
	echo "$database"
}

job_bench() {
	[ -x "$top/test/bench/run" ] || die "test/bench/run is missing"
	build
	start
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
	for file in test/unit/*.c; do
		[ ! -f "$file" ] || echo "$file"
	done
	[ "$what" != valgrind ] || return 0
	for file in sql/*.sql test/pgtap/*.sql test/isolation/specs/*.spec; do
		[ ! -f "$file" ] || echo "$file"
	done
	# these start servers that know nothing of sanitizers, or take long
	[ "$what" != asan ] || return 0
	for file in test/tap/t/*.pl test/property/* test/quality/*; do
		[ ! -f "$file" ] || ! is_test "$file" || echo "$file"
	done
}

# tools lie beside the tests that use them
is_test() {
	case $1 in *.pl | *.t) return 0 ;; esac
	[ -x "$1" ] && grep -qE 'Test::More|\bTAP\b|^ *echo "?1\.\.' "$1"
}

run_tests() {
	local pgxs tests
	say "testing"
	pgxs=$(dirname "$(dirname "$("$pg_config" --pgxs)")")
	cd "$tree"
	mapfile -t tests < <(list_tests)
	[ ${#tests[@]} -gt 0 ] || die "no tests found"
	as_server_user OUT="$out" CACHE="$cache" TREE="$tree" UNITS="$work/$what/unit" \
		PERL5LIB="$pgxs/test/perl" PG_REGRESS="$pgxs/test/regress/pg_regress" \
		PG_ISOLATION="$pgxs/test/isolation/pg_isolation_regress" \
		prove --exec "$tree/test/script/one" "${tests[@]}"
}

job_test() {
	build COPT=-Werror
	build_units test/unit
	start
	run_tests
}

job_lint() {
	build
	cd "$tree"
	attend test/lint/run
}

# The units run with both sanitizers; inside the server only undefined behaviour is looked for, since
# a packaged server hangs at its start when the address sanitizer is loaded into it (glibc 2.36).
job_asan() {
	local undefined='-fsanitize=undefined -fno-sanitize-recover=undefined'
	work=$work/asan
	build COPT="$undefined -O1"
	build_units test/unit COPT="-fsanitize=address $undefined -fno-omit-frame-pointer"
	start
	run_tests
}

job_valgrind() {
	make_prefix
	stage
	build_units test/unit
	make_folders
	# what ICU keeps until the end is no leak of ours
	UNIT_UNDER="valgrind --quiet --leak-check=full --show-leak-kinds=definite"
	UNIT_UNDER+=" --errors-for-leak-kinds=definite --error-exitcode=9"
	export UNIT_UNDER
	run_tests
}

job_coverage() {
	local report=$top/build/coverage/report
	work=$work/coverage
	build COPT='--coverage -O0'
	[ ${#as[@]} = 0 ] || chown -R "$server_user" "$tree/src"
	find "$tree/src" -name '*.gcda' -delete
	start
	run_tests
	stop_cluster "$cluster"
	say "counting"
	mkdir -p "$report"
	lcov --quiet --capture --directory "$tree/src" --base-directory "$tree" --no-external \
		--output-file "$report/lcov.info" 2>"$report/lcov.log" || { cat "$report/lcov.log" >&2; die "lcov failed"; }
	genhtml --quiet --output-directory "$report" "$report/lcov.info"
	lcov --summary "$report/lcov.info" 2>&1 | grep -E 'lines|functions'
}

# With libFuzzer where clang has it, else with the driver that lies beside the targets.
job_fuzz() {
	local source name checks='-fsanitize=address,undefined -fno-sanitize-recover=undefined'
	local seconds=${SECONDS_EACH:-60} guided=
	make_prefix
	stage
	make_folders
	echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { return 0; }' >"$short/try.c"
	if clang -fsanitize=fuzzer,address "$short/try.c" -o "$short/try" 2>/dev/null; then
		guided=yes
		build_units test/fuzz CC=clang COPT="$checks -fsanitize=fuzzer-no-link" LINK=-fsanitize=fuzzer
	else
		build_units test/fuzz COPT="$checks" LINK=test/fuzz/main.c
	fi
	for source in "$tree"/test/fuzz/*.c; do
		name=$(basename "$source" .c)
		[ "$name" != main ] || continue
		say "fuzzing $name for $seconds s"
		mkdir -p "$out/$name"
		[ ${#as[@]} = 0 ] || chown "$server_user" "$out/$name"
		cd "$out/$name"
		if [ -n "$guided" ]; then
			as_server_user "$work/fuzz/unit/$name" "-max_total_time=$seconds" -max_len=600 "$out/$name"
		else
			as_server_user "$work/fuzz/unit/$name" "$seconds"
		fi
	done
}

# Part by part, as the install script puts them together: from the statement on that pins search_path
# the parts are read behind one. PS017: types and operators go to the schema that the DBA names. A
# procedure that commits can carry no setting.
job_pgspot() {
	local venv=$top/build/pgspot/venv read=$top/build/pgspot/part.sql pin= part report found=0
	[ -x "$venv/bin/pgspot" ] || {
		python3 -m venv "$venv"
		"$venv/bin/pip" --quiet install pgspot
	}
	while read -r part; do
		[ -f "$top/src/$part.sql" ] || continue
		{ echo "$pin"; awk -f "$top/test/script/without_bound_bodies.awk" "$top/src/$part.sql"; } >"$read"
		report=$("$venv/bin/pgspot" --ignore PS017 --proc-without-search-path "crm.run_maintenance()" "$read" 2>&1) || true
		! grep -E '^PS|Errors: [1-9]|index out of range' <<<"$report" || { found=1; echo "  in src/$part.sql"; }
		! grep -q "set_config('search_path'" "$top/src/$part.sql" || pin='SET search_path TO pg_catalog, pg_temp;'
	done <"$top/src/ORDER"
	return $found
}
