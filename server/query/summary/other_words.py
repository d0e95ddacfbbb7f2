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


def combination_for(word: str) -> str | None:
    return COMBINATIONS.get(word.lstrip("$")) or COMBINATIONS.get(word.lstrip("$").casefold())


def group_word_for(word: str) -> str | None:
    return GROUPS.get(word.lstrip("$").casefold())


def period_for(word: str) -> str | None:
    return PERIODS.get(word.casefold())
