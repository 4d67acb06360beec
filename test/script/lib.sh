# lib.sh - what the scripts of this folder share; to be sourced by bash.
#
# Work happens in $work: the clone's build/ folder or, where root owns a clone that the server's
# user cannot enter, a private folder under /tmp that is removed at the end.
set -euo pipefail
umask 022

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
server_user=$(id -un)
as=()

die() { echo "crm: $1" >&2; exit "${2:-1}"; }
say() { echo "-- $*" >&2; }

# The caller's own connection and make settings are none of our business, and ours none of theirs.
clean_environment() {
	local name
	for name in $(compgen -e | grep '^PG' | grep -vx PG_CONFIG || true); do
		unset "$name"
	done
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES LANGUAGE PERL5OPT BASH_ENV ENV CDPATH
	export LC_ALL=C.UTF-8 TZ=UTC
}

# A server refuses to run as root.
choose_user() {
	[ "$(id -u)" = 0 ] || return 0
	server_user=nobody
	! id postgres >/dev/null 2>&1 || server_user=postgres
	as=(setpriv "--reuid=$server_user" "--regid=$(id -g "$server_user")" --init-groups --)
}

# Where the prefix and the cluster for looking around are; what was kept tells by itself.
choose_work() {
	if [ -n "${CRM_WORK:-}" ]; then
		work=$CRM_WORK
	elif [ -f "$top/build/kept" ]; then
		work=$(cat "$top/build/kept")
	else
		work=$top/build
	fi
}

may_enter() { [ ${#as[@]} = 0 ] || "${as[@]}" test -x "$1/." -a -r "$1/." 2>/dev/null; }

# Programs, libraries and share files of the server are relocatable: a copy takes our extension,
# the system's folders stay as they are. Sets $pg_config and $bin.
make_prefix() {
	local system=${PG_CONFIG:-pg_config} prefix=$work/prefix dir want
	command -v "$system" >/dev/null || die "no pg_config; \`make test\` installs what is missing" 2
	case $(readlink -f "$(command -v "$system")") in "$prefix"/*)
		pg_config=$system bin=$(dirname "$(command -v "$system")")
		return ;;
	esac
	bin=$prefix$("$system" --bindir)
	pg_config=$bin/pg_config
	want=$("$system" --version; "$system" --bindir
		ls -l --time-style=+%s "$("$system" --bindir)" \
			"$("$system" --pkglibdir)" "$("$system" --sharedir)/extension")
	[ "$(cat "$prefix/stamp" 2>/dev/null || true)" != "$want" ] || return 0
	rm -rf "$prefix"
	for dir in "$("$system" --bindir)" "$("$system" --pkglibdir)" "$("$system" --sharedir)"; do
		mkdir -p "$prefix$dir"
		cp -a "$dir/." "$prefix$dir/"
	done
	# the system may hold a crm of its own; ours must not be mixed with it
	rm -rf "$prefix$("$system" --sharedir)"/extension/crm{.control,--*.sql} \
		"$prefix$("$system" --pkglibdir)"/crm{.so,_phone.so}
	mkdir -p "$prefix$(dirname "$("$system" --includedir)")"
	ln -sfn "$("$system" --includedir)" "$prefix$("$system" --includedir)"
	echo "$want" >"$prefix/stamp"
}

# stop_postmaster <data directory>: by the pid in its lock file, if that process lives there
stop_postmaster() {
	local pid try
	pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) || return 0
	[ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(readlink -f "$1")" ] || return 0
	kill -INT "$pid" 2>/dev/null || return 0
	for try in $(seq 100); do
		kill -0 "$pid" 2>/dev/null || return 0
		[ "$try" != 70 ] || kill -QUIT "$pid" 2>/dev/null || true
		sleep 0.1
	done
	kill -KILL "$pid" 2>/dev/null || true
}

# Stops every server whose data lies below a folder, whoever started it.
stop_servers_below() {
	local lock
	[ -d "$1" ] || return 0
	find "$1" -name postmaster.pid 2>/dev/null | while read -r lock; do
		stop_postmaster "$(dirname "$lock")"
	done
}

# start_cluster <folder>: initdb if new, start; the socket's folder is noted in <folder>/socket
start_cluster() {
	local folder=$1 options run=("${as[@]}")
	! declare -F attend >/dev/null || run=(attend "${as[@]}")
	mkdir -p "$folder"
	cd "$folder" # where the server's user may be
	[ ${#as[@]} = 0 ] || chown "$server_user" "$folder"
	[ -f "$folder/data/PG_VERSION" ] || "${run[@]}" "$bin/initdb" -D "$folder/data" -U postgres \
		-A trust --no-sync -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1 ||
		die "initdb failed, see $folder/initdb.log"
	# the path of a socket is limited to 107 bytes, the clone's is not
	[ -d "$(cat "$folder/socket" 2>/dev/null || echo /none)" ] ||
		"${as[@]}" mktemp -d /tmp/crm-XXXXXX >"$folder/socket"
	options="-c listen_addresses='' -c unix_socket_directories='$(cat "$folder/socket")'"
	options+=" -c fsync=off -c full_page_writes=off -c shared_buffers=256MB -c max_wal_size=2GB"
	options+=" -c max_connections=50 -c max_prepared_transactions=20"
	# containers often have a tiny /dev/shm
	[ "$(df --output=size -k /dev/shm 2>/dev/null | tail -n 1 || echo 0)" -ge 524288 ] 2>/dev/null ||
		options+=" -c dynamic_shared_memory_type=mmap"
	"${run[@]}" "$bin/pg_ctl" -s -w -t 60 -D "$folder/data" \
		-l "$folder/log" -o "$options" start >/dev/null </dev/null ||
		die "the server did not start, see $folder/log"
}

# stop_cluster <folder>
stop_cluster() {
	local socket
	stop_postmaster "$1/data"
	socket=$(cat "$1/socket" 2>/dev/null || true)
	[ -z "$socket" ] || rm -rf "$socket"
	rm -f "$1/socket"
}
