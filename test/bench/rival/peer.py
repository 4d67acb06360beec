"""The peer: Splink on DuckDB over the same tables, from PostgreSQL and back.

  peer.py DATABASE FOLDER

FOLDER/pairs (two numbers a line) are the pairs that crm compares; it is left out where there is none.
Writes FOLDER/peer.json: seconds of each step, F at the best threshold, pairs a second of one core.

The settings follow Splink's tutorials: its own comparisons of names (Jaro-Winkler, term frequencies), birth
dates and e-mail addresses, lambda from deterministic rules, u from as many random pairs as is its default,
m by two sessions of EM that block on different columns. Of several settings tried those were taken
that gave it the best F: initials as a level of their own, given and family name apart, the address for
blocking only (compared, households make its F worse). So is the threshold. On the pairs that crm compares it is
timed with and without the address.
"""
import json
import logging
import os
import resource
import subprocess
import sys
import time

import duckdb
import splink
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

TABLES = {"sales.account": 0, "marketing.contact": 1, "service.client": 2}
THRESHOLDS = [0, 2, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20]  # bits
LEAST = 0  # predictions below are not kept
U_PAIRS = 1e6

RULES = [
    block_on("email"),
    block_on("phone"),
    block_on("given_name", "family_name"),
    block_on("birth_date", "substr(given_name, 1, 1)"),
    block_on("birth_date", "substr(family_name, 1, 1)"),
    block_on("postal_code", "family_name"),
    block_on("postal_code", "given_name"),
    block_on("street", "substr(given_name, 1, 2)"),
    block_on("family_name", "city", "substr(given_name, 1, 1)"),
]


def names():
    """Given and family name; an initial is a level of its own."""
    initial = cll.CustomLevel(
        "left(given_name_l, 1) = left(given_name_r, 1) and (length(given_name_l) <= 2 or length(given_name_r) <= 2)",
        "initial",
    )
    given = cl.CustomComparison(
        output_column_name="given_name",
        comparison_levels=[
            cll.NullLevel("given_name"),
            cll.ExactMatchLevel("given_name", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("given_name", 0.92),
            cll.JaroWinklerLevel("given_name", 0.88),
            initial,
            cll.JaroWinklerLevel("given_name", 0.7),
            cll.ElseLevel(),
        ],
    )
    return [given, cl.NameComparison("family_name").configure(term_frequency_adjustments=True)]


def address():
    """Its parts are one comparison: they are not independent."""
    return cl.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            cll.And(cll.NullLevel("postal_code"), cll.NullLevel("city")),
            cll.And(cll.ExactMatchLevel("street"), cll.ExactMatchLevel("postal_code")),
            cll.And(cll.LevenshteinLevel("street", 2), cll.ExactMatchLevel("postal_code")),
            cll.ExactMatchLevel("postal_code"),
            cll.And(cll.ExactMatchLevel("street"), cll.ExactMatchLevel("city")),
            cll.LevenshteinLevel("postal_code", 1),
            cll.ExactMatchLevel("city", term_frequency_adjustments=True),
            cll.ElseLevel(),
        ],
    )


def settings(*more):
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            *names(),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1]),
            *more,
        ],
        blocking_rules_to_generate_predictions=RULES,
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def cpu():
    """Seconds of processors, those of psql included."""
    return sum(t.ru_utime + t.ru_stime for t in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


class Clock:
    """Seconds of each step, and of processors in all."""

    def __init__(self):
        self.steps = {}
        self.cpu = 0

    def __call__(self, step):
        self.step = step
        return self

    def __enter__(self):
        self.began = time.time()
        self.cpu -= cpu()

    def __exit__(self, *_):
        self.cpu += cpu()
        self.steps[self.step] = self.steps.get(self.step, 0) + time.time() - self.began


def copy_out(database, query, path):
    with open(path, "wb") as out:
        subprocess.run(
            ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", f"COPY ({query}) TO STDOUT (FORMAT csv)"],
            stdout=out, check=True)


def pull(con, database, folder):
    path = os.path.join(folder, "people.csv")
    copy_out(database, " UNION ALL ".join(
        f"SELECT id * 4 + {n}, given_name, family_name, birth_date, email, phone, street, postal_code, city FROM {t}"
        for t, n in TABLES.items()), path)
    columns = ["unique_id", "given_name", "family_name", "birth_date", "email", "phone", "street", "postal_code", "city"]
    types = {c: "VARCHAR" for c in columns} | {"unique_id": "BIGINT"}
    con.execute(f"""
        CREATE TABLE people AS
        SELECT unique_id, lower(given_name) AS given_name, lower(family_name) AS family_name,
            birth_date, lower(email) AS email,
            right(regexp_replace(phone, '[^0-9]', '', 'g'), 10) AS phone, lower(street) AS street,
            upper(postal_code) AS postal_code, lower(city) AS city
        FROM read_csv('{path}', header = false, columns = {types})""")
    os.remove(path)


def train(linker):
    linker.training.estimate_probability_two_random_records_match(
        [
            block_on("given_name", "family_name", "birth_date"),
            block_on("email", "given_name"),
            block_on("phone", "given_name"),
            block_on("given_name", "family_name", "postal_code"),
        ],
        recall=0.7,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given_name", "family_name"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))


def quality(con, clusters):
    """Pairwise and B-cubed, against the table truth."""
    con.execute(f"""CREATE OR REPLACE TEMP TABLE found AS
        SELECT c.cluster_id AS c, t.person AS p FROM {clusters} c JOIN truth t USING (unique_id)""")
    n = [con.execute(f"SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM found GROUP BY {by})").fetchone()[0] or 0
         for by in ("c", "p", "c, p")]
    largest, b_p, b_r = con.execute("""
        SELECT max(found), avg(shared / found), avg(shared / truth) FROM (
            SELECT count(*) OVER (PARTITION BY c) AS found, count(*) OVER (PARTITION BY p) AS truth,
                count(*) OVER (PARTITION BY c, p) AS shared FROM found)""").fetchone()
    precision, recall = n[2] / max(n[0], 1), n[2] / n[1]
    return {"precision": precision, "recall": recall, "f": 2 * precision * recall / max(precision + recall, 1e-9),
            "b3": 2 * b_p * b_r / (b_p + b_r), "largest": largest}


def best_threshold(con, linker, predictions):
    results = {}
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_weight=threshold)
        results[threshold] = quality(con, clusters.physical_name)
        clusters.drop_table_from_database_and_remove_from_cache()
    best = max(results, key=lambda t: results[t]["f"])
    return best, results


def count_pairs(con):
    """How many pairs the blocking rules bring together."""
    from splink.blocking_analysis import cumulative_comparisons_to_be_scored_from_blocking_rules_data

    counts = cumulative_comparisons_to_be_scored_from_blocking_rules_data(
        table_or_tables="people", blocking_rules=RULES, link_type="dedupe_only", db_api=DuckDBAPI(con))
    return int(counts["row_count"].sum())


def write_back(con, database, clusters, folder):
    path = os.path.join(folder, "clusters.csv")
    con.execute(f"COPY (SELECT unique_id, dense_rank() OVER (ORDER BY cluster_id) FROM {clusters} ORDER BY 1) TO '{path}' (HEADER false)")
    subprocess.run(
        ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", database,
         "-c", "CREATE TABLE peer_customer (record bigint, customer_id bigint NOT NULL)",
         "-c", f"\\copy peer_customer FROM '{path}' (FORMAT csv)",
         "-c", "ALTER TABLE peer_customer ADD PRIMARY KEY (record); CREATE INDEX ON peer_customer (customer_id); ANALYZE peer_customer"],
        check=True)
    os.remove(path)


def predict_given(linker, given, records):
    """Seconds that Splink's own SQL takes over the pairs that are given."""
    from splink.internals.comparison_vector_values import compute_comparison_vector_values_from_id_pairs_sqls
    from splink.internals.pipeline import CTEPipeline
    from splink.internals.predict import predict_from_comparison_vectors_sqls_using_settings

    s = linker._settings_obj
    pipeline = CTEPipeline([given, records])
    pipeline.enqueue_list_of_sqls(compute_comparison_vector_values_from_id_pairs_sqls(
        s._columns_to_select_for_blocking, s._columns_to_select_for_comparison_vector_values,
        input_tablename_l="__splink__df_concat_with_tf", input_tablename_r="__splink__df_concat_with_tf",
        source_dataset_input_column=s.column_info_settings.source_dataset_input_column,
        unique_id_input_column=s.column_info_settings.unique_id_input_column,
        link_type="dedupe_only", sql_dialect_str="duckdb"))
    pipeline.enqueue_list_of_sqls(predict_from_comparison_vectors_sqls_using_settings(
        s, 0.5, None, sql_infinity_expression=linker._infinity_expression))
    began = time.process_time()
    out = linker._db_api.sql_pipeline_to_splink_dataframe(pipeline, use_cache=False)
    seconds = time.process_time() - began
    out.drop_table_from_database_and_remove_from_cache()
    return seconds


def plain_sql(con):
    began = time.process_time()
    con.execute("""SELECT count(*) FILTER (jaro_winkler_similarity(l.given_name, r.given_name)
            + jaro_winkler_similarity(l.family_name, r.family_name) + (l.birth_date = r.birth_date)::int
            + (l.email = r.email)::int + (l.phone = r.phone)::int + (l.postal_code = r.postal_code)::int > 3)
        FROM given_pairs p JOIN people l ON l.unique_id = p.join_key_l JOIN people r ON r.unique_id = p.join_key_r""").fetchone()
    return time.process_time() - began


def same_pairs(con, trained, path):
    """The pairs that are given, on one core, in its own time: the least of three rounds each."""
    from splink.internals.pipeline import CTEPipeline
    from splink.internals.vertically_concatenate import compute_df_concat_with_tf

    con.execute("SET threads = 1")
    con.execute(f"""CREATE TABLE given_pairs AS SELECT '0' AS match_key, a AS join_key_l, b AS join_key_r
        FROM read_csv('{path}', header = false, delim = '\t', columns = {{'a': 'BIGINT', 'b': 'BIGINT'}})""")
    report = {"pairs": con.execute("SELECT count(*) FROM given_pairs").fetchone()[0]}
    full = quiet(Linker("people", settings(address()), DuckDBAPI(con)))
    full.training.estimate_u_using_random_sampling(max_pairs=1e5, seed=1)
    for name, linker in (("without_address", trained), ("seconds", full)):
        records = compute_df_concat_with_tf(linker, CTEPipeline())
        given = linker.table_management.register_table("given_pairs", f"given_{name}", overwrite=True)
        given.templated_name = "__splink__blocked_id_pairs"
        report[name] = min(predict_given(linker, given, records) for _ in range(3))
    report["plain_sql"] = min(plain_sql(con) for _ in range(3))
    return report


def quiet(linker):
    logging.getLogger("splink").setLevel(logging.INFO if os.environ.get("PEER_VERBOSE") else logging.ERROR)
    return linker


def main():
    database, folder = sys.argv[1:3]
    con = duckdb.connect(os.path.join(folder, "peer.duckdb"))
    clock = Clock()
    with clock("pull"):
        pull(con, database, folder)
    with clock("train"):
        linker = quiet(Linker("people", settings(), DuckDBAPI(con)))
        train(linker)
    with clock("predict"):
        predictions = linker.inference.predict(threshold_match_weight=LEAST)
    # the truth is for judging; none of it is in the time
    path = os.path.join(folder, "truth.csv")
    copy_out(database, "SELECT record, person FROM truth WHERE record IS NOT NULL", path)
    con.execute(f"CREATE TABLE truth AS SELECT * FROM read_csv('{path}', header = false, columns = {{'unique_id': 'BIGINT', 'person': 'BIGINT'}})")
    best, tried = best_threshold(con, linker, predictions)
    with clock("cluster"):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_weight=best + 1e-9)
    with clock("write back"):
        write_back(con, database, clusters.physical_name, folder)
    report = {
        "versions": f"Splink {splink.__version__}, DuckDB {duckdb.__version__}",
        "steps": clock.steps,
        "seconds": sum(clock.steps.values()),
        "cpu": clock.cpu,
        "threshold": best,
        "thresholds": tried,
        **quality(con, clusters.physical_name),
        "pairs": count_pairs(con),
    }
    pairs = os.path.join(folder, "pairs")
    if os.path.exists(pairs):
        report["same_pairs"] = same_pairs(con, linker, pairs)
    with open(os.path.join(folder, "peer.json"), "w") as out:
        json.dump(report, out, indent=1)


main()
