"""The tables of plans, journal and jobs, made and changed step by step: the first steps of all."""

from __future__ import annotations

PLAN_TABLES: tuple[str, ...] = (
    # 1: plans, what they would do, what was done, and the images that may expire
    """
    CREATE TABLE plan (
        id TEXT PRIMARY KEY, database TEXT NOT NULL, caller TEXT NOT NULL, client TEXT NOT NULL,
        made REAL NOT NULL, expires REAL NOT NULL, heading TEXT NOT NULL, digest TEXT NOT NULL,
        fingerprint TEXT NOT NULL, state TEXT NOT NULL, runner TEXT NOT NULL DEFAULT '',
        approved_by TEXT NOT NULL DEFAULT '', approved_digest TEXT NOT NULL DEFAULT '', undoes TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX plan_by_caller ON plan (database, caller, made);
    CREATE INDEX plan_by_fingerprint ON plan (fingerprint, made);
    CREATE TABLE step (
        plan TEXT NOT NULL REFERENCES plan (id), number INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (plan, number)
    );
    CREATE TABLE item (
        plan TEXT NOT NULL REFERENCES plan (id), step INTEGER NOT NULL, number INTEGER NOT NULL,
        body TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (plan, step, number)
    );
    CREATE TABLE journal (
        number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, database TEXT NOT NULL, caller TEXT NOT NULL,
        client TEXT NOT NULL, plan TEXT NOT NULL, step INTEGER NOT NULL, item INTEGER NOT NULL, event TEXT NOT NULL,
        facts TEXT NOT NULL, image TEXT NOT NULL, previous TEXT NOT NULL, digest TEXT NOT NULL, runner TEXT NOT NULL
    );
    CREATE INDEX journal_by_plan ON journal (plan, step, item);
    CREATE INDEX journal_by_time ON journal (database, at);
    CREATE TABLE image (number INTEGER PRIMARY KEY REFERENCES journal (number), content TEXT NOT NULL);
    CREATE TABLE kept_file (digest TEXT PRIMARY KEY, kept REAL NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL);
    """,
    # 2: jobs, what was used of an allowance, records that a runbook leaves to a person
    """
    CREATE TABLE job (
        id TEXT PRIMARY KEY, database TEXT NOT NULL, caller TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
        heading TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL, runner TEXT NOT NULL,
        changes_things INTEGER NOT NULL, plan TEXT NOT NULL, asked REAL NOT NULL, begun REAL, ended REAL,
        done INTEGER NOT NULL DEFAULT 0, total INTEGER, message TEXT NOT NULL DEFAULT '',
        stop_asked INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL DEFAULT '{}'
    );
    CREATE INDEX job_by_fingerprint ON job (fingerprint, asked);
    CREATE INDEX job_by_caller ON job (database, caller, asked);
    CREATE TABLE used (
        database TEXT NOT NULL, what TEXT NOT NULL, span TEXT NOT NULL, start INTEGER NOT NULL, amount INTEGER NOT NULL,
        PRIMARY KEY (database, what, span)
    );
    CREATE TABLE review (
        database TEXT NOT NULL, runbook TEXT NOT NULL, record TEXT NOT NULL, label TEXT NOT NULL, reason TEXT NOT NULL,
        since REAL NOT NULL, plan TEXT NOT NULL, PRIMARY KEY (database, runbook, record)
    );
    """,
    # 3: what a person has released of one run stays released when that run is looked at again
    """
    CREATE TABLE held (
        database TEXT NOT NULL, runbook TEXT NOT NULL, plan TEXT NOT NULL, record TEXT NOT NULL, label TEXT NOT NULL,
        reason TEXT NOT NULL, since REAL NOT NULL, released REAL, PRIMARY KEY (database, runbook, plan, record)
    );
    INSERT INTO held (database, runbook, plan, record, label, reason, since)
        SELECT database, runbook, plan, record, label, reason, since FROM review;
    DROP TABLE review
    """,
    # 4: what was used of FileMaker, by tool and day
    """
    CREATE TABLE usage (
        database TEXT NOT NULL, day TEXT NOT NULL, tool TEXT NOT NULL, calls INTEGER NOT NULL, requests INTEGER NOT NULL,
        received INTEGER NOT NULL, PRIMARY KEY (database, day, tool)
    );
    """,
    # 5: which scripts ran with which parameter and for which record, as digests that outlast plans and journal
    """
    CREATE TABLE script_run (
        database TEXT NOT NULL, run TEXT NOT NULL, record TEXT NOT NULL, marks TEXT NOT NULL, at REAL NOT NULL,
        caller TEXT NOT NULL, plan TEXT NOT NULL, step INTEGER NOT NULL, item INTEGER NOT NULL, effect TEXT NOT NULL,
        state TEXT NOT NULL, PRIMARY KEY (plan, step, item)
    );
    CREATE INDEX script_run_by_digest ON script_run (database, run, at);
    """,
    # 6: keyed digests over a plan and over the agreement to it; none on what an earlier version kept
    """
    ALTER TABLE plan ADD COLUMN seal TEXT NOT NULL DEFAULT '';
    ALTER TABLE plan ADD COLUMN approved_at REAL NOT NULL DEFAULT 0;
    ALTER TABLE plan ADD COLUMN approved_seal TEXT NOT NULL DEFAULT ''
    """,
    # 7: the FileMaker account that plans and jobs belong to, beside the caller; what is older belongs to the first that comes
    """
    ALTER TABLE plan ADD COLUMN account TEXT NOT NULL DEFAULT '';
    ALTER TABLE script_run ADD COLUMN account TEXT NOT NULL DEFAULT '';
    ALTER TABLE job ADD COLUMN account TEXT NOT NULL DEFAULT '';
    """,
    # 8: when a host was found to be put back to a backup, and what was done to it that it has no more
    """
    CREATE TABLE restoration (
        database TEXT NOT NULL, before REAL NOT NULL, noticed REAL NOT NULL, changes INTEGER NOT NULL
    );
    """,
    # 9: a chain of entries for each database, and which version of the program made which step of this list
    """
    ALTER TABLE journal ADD COLUMN account TEXT NOT NULL DEFAULT '';
    ALTER TABLE journal ADD COLUMN place INTEGER;
    CREATE UNIQUE INDEX journal_by_place ON journal (database, place);
    CREATE TABLE chain (database TEXT PRIMARY KEY, place INTEGER NOT NULL, digest TEXT NOT NULL);
    CREATE TABLE written_by (schema INTEGER PRIMARY KEY, version TEXT NOT NULL)
    """,
    # 10: jobs that are under way, and those that are too old, are looked for at every call
    """
    CREATE INDEX job_by_state ON job (database, state);
    CREATE INDEX job_by_end ON job (database, ended)
    """,
    # 11: keyed digests of files that hold text of outsiders, and the fields from which it came
    """
    CREATE TABLE outsider_file (
        digest TEXT PRIMARY KEY, database TEXT NOT NULL, fields TEXT NOT NULL, kept REAL NOT NULL
    )
    """,
    # 12: the order of jobs that were asked for in the same moment
    """
    ALTER TABLE job ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
    UPDATE job SET seq = (SELECT COUNT(*) FROM job AS older WHERE older.asked < job.asked)
    """,
    # 13: when an item was claimed, or its claim confirmed, by the clock of whatever keeps the state
    """
    ALTER TABLE item ADD COLUMN sent REAL NOT NULL DEFAULT 0
    """,
)
