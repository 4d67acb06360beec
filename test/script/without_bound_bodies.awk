# An install part without the functions whose body is SQL-standard (RETURN, BEGIN ATOMIC): these are
# bound when they are made, and pgspot cannot read them.
function flush() { printf "%s", held; held = ""; state = "" }
state == "" && /^CREATE (FUNCTION|PROCEDURE)/ { state = "head" }
state == "" { print; next }
state == "head" { held = held $0 "\n" }
state == "head" && /^[ \t]*AS / { flush(); next }
state == "head" && /^BEGIN ATOMIC/ { held = ""; state = "atomic"; next }
state == "head" && /^RETURN / { held = ""; state = /;$/ ? "" : "return"; next }
state == "head" && /;$/ { flush(); next }
state == "atomic" { if (/^END;/) state = ""; next }
state == "return" { if (/;$/) state = ""; next }
