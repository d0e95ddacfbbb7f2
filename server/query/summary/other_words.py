"""What people write from SQL, pandas, Mongo and OData for measures and groups, and the word for it here."""

from __future__ import annotations

MEASURES = {
    **dict.fromkeys(("avg", "mean"), "average"),
    "minimum": "min",
    "maximum": "max",
    "total": "sum",
    **dict.fromkeys(
        ("unique", "count_distinct", "countdistinct", "nunique", "approx_count_distinct"), "distinct"
    ),
    **dict.fromkeys(("n", "size", "len", "rows", "count_rows"), "count"),
    **dict.fromkeys(("std", "stdev", "sd", "stddev_samp", "stddevsamp", "standard_deviation"), "stddev"),
    **dict.fromkeys(("quantile", "percentile_cont", "percentile_disc"), "percentile"),
    **dict.fromkeys(
        ("cumsum", "cumulative", "running_total", "running_sum", "runningtotal", "cumulative_sum", "ytd"),
        "running",
    ),
    **dict.fromkeys(
        ("rolling", "moving_average", "moving_avg", "movingaverage", "rolling_mean", "window"), "moving"
    ),
    **dict.fromkeys(
        ("percent", "percent_of_total", "percentage", "pct", "proportion", "ratio_to_report"), "share"
    ),
    **dict.fromkeys(("divide", "quotient", "div", "per", "divided_by"), "ratio"),
    **dict.fromkeys(("earliest", "first_value", "argmin", "arg_min", "min_by", "oldest"), "first"),
    **dict.fromkeys(("latest", "last_value", "argmax", "arg_max", "max_by", "newest", "nth_value"), "last"),
    **dict.fromkeys(("first_time", "acquired", "new_customers", "cohort", "cohort_size", "signups"), "new"),
    **dict.fromkeys(("repeat", "retained", "retention", "recurring", "existing"), "returning"),
    **dict.fromkeys(("churn", "churned", "lapsed", "gone"), "lost"),
}
OPTIONS = {
    **dict.fromkeys(("window", "n", "over_periods", "rows", "size"), "periods"),
    **dict.fromkeys(("over", "partition_by", "within", "per", "group"), "of"),
    **dict.fromkeys(("order_by", "orderby", "sort", "sort_by", "on"), "by"),
    **dict.fromkeys(("percent", "q", "percentile_value"), "p"),
    **dict.fromkeys(("alias", "name", "label", "title"), "as"),
    **dict.fromkeys(("case_sensitive", "binary"), "exact"),
}
"""Beside a measure."""
WAYS_ROUND = {
    **dict.fromkeys(
        ("lag", "lead", "pct_change", "percent_change", "growth", "yoy", "shift"),
        "compare sets each figure beside the one before, with the change and its percent",
    ),
    **dict.fromkeys(
        ("rank", "dense_rank", "row_number"), "sort and top put groups in order; top_each does for each group"
    ),
    **dict.fromkeys(
        ("weighted_avg", "weighted_average", "wavg"),
        'Write {"ratio": [{"sum": {"product": [...]}}, "sum ..."]}',
    ),
    **dict.fromkeys(
        ("countif", "count_if", "sumif", "sum_if", "sumifs", "countifs"), "where says which records count"
    ),
    **dict.fromkeys(("mode", "most_common"), "group_by the field with top 1 shows its commonest value"),
    **dict.fromkeys(
        ("addtoset", "array_agg", "group_concat", "string_agg", "push", "collect"),
        "group_by shows different values",
    ),
    **dict.fromkeys(("var", "variance", "var_samp"), "stddev is its square root"),
}
"""What is asked otherwise here."""
COMBINATIONS = {
    **dict.fromkeys(("subtract", "minus", "diff", "-"), "difference"),
    **dict.fromkeys(("multiply", "times", "mul", "*"), "product"),
    **dict.fromkeys(("datediff", "date_diff", "dateDiff", "daysbetween", "age"), "days_between"),
}
GROUPS = {
    **dict.fromkeys(
        (
            "bins",
            "buckets",
            "boundaries",
            "bucket",
            "cut",
            "ranges",
            "range",
            "histogram",
            "width_bucket",
            "steps",
            "bin",
            "ntile",
            "qcut",
            "digitize",
        ),
        "bands",
    ),
    **dict.fromkeys(("aging", "ageing", "age_buckets", "days_old", "overdue", "days"), "age"),
    **dict.fromkeys(
        (
            "period",
            "unit",
            "interval",
            "freq",
            "date_trunc",
            "trunc",
            "granularity",
            "resample",
            "datepart",
            "part",
            "per",
            "floor",
            "every",
            "format",
            "truncate",
        ),
        "by",
    ),
    **dict.fromkeys(("as_of", "asof", "today", "at", "date"), "on"),
    **dict.fromkeys(("case_sensitive", "casesensitive", "binary", "case_exact", "case"), "exact"),
    **dict.fromkeys(("name", "column", "col", "key", "_id", "path"), "field"),
    **dict.fromkeys(("display", "show", "title"), "label"),
}
PERIODS = {
    **dict.fromkeys(("d", "daily", "date"), "day"),
    **dict.fromkeys(("w", "weekly", "isoweek"), "week"),
    **dict.fromkeys(("m", "ms", "me", "monthly"), "month"),
    **dict.fromkeys(("q", "qs", "qe", "quarterly"), "quarter"),
    **dict.fromkeys(("y", "ys", "ye", "a", "yearly", "annual"), "year"),
    **dict.fromkeys(("fy", "fiscal"), "fiscal_year"),
    **dict.fromkeys(("dow", "dayofweek", "day_of_week", "isodow", "weekday_name", "day_name"), "weekday"),
    **dict.fromkeys(("h", "hourly", "hour_of_day"), "hour"),
}


def measure_for(word: str) -> str | None:
    return MEASURES.get(word.lstrip("$").casefold())


def option_for(word: str) -> str | None:
    return OPTIONS.get(word.lstrip("$").casefold())


def way_round(word: str) -> str | None:
    """How to ask for a measure that there is not."""
    return WAYS_ROUND.get(word.lstrip("$").casefold())


def combination_for(word: str) -> str | None:
    return COMBINATIONS.get(word.lstrip("$")) or COMBINATIONS.get(word.lstrip("$").casefold())


def group_word_for(word: str) -> str | None:
    return GROUPS.get(word.lstrip("$").casefold())


def period_for(word: str) -> str | None:
    return PERIODS.get(word.casefold())
