"""The tables of the state, made and changed step by step."""

from __future__ import annotations

from .plan_tables import PLAN_TABLES

MIGRATIONS: tuple[str, ...] = (
    *PLAN_TABLES,
    # 14: the authorization server: clients, codes, grants and tokens, what people began and who is signed in, what was ended
    """
    CREATE TABLE oauth_client (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, redirects TEXT NOT NULL, made REAL NOT NULL, used REAL
    );
    CREATE TABLE oauth_code (digest TEXT PRIMARY KEY, box BLOB NOT NULL, ends REAL NOT NULL);
    CREATE TABLE oauth_grant (
        id TEXT PRIMARY KEY, caller TEXT NOT NULL, client TEXT NOT NULL, code TEXT NOT NULL, state TEXT NOT NULL,
        box BLOB NOT NULL, made REAL NOT NULL, used REAL NOT NULL
    );
    CREATE INDEX oauth_grant_by_caller ON oauth_grant (caller);
    CREATE INDEX oauth_grant_by_code ON oauth_grant (code);
    CREATE TABLE oauth_token (
        digest TEXT PRIMARY KEY, grant_id TEXT NOT NULL, made REAL NOT NULL, replaced REAL, box BLOB NOT NULL
    );
    CREATE INDEX oauth_token_by_grant ON oauth_token (grant_id);
    CREATE TABLE sign_in (id TEXT PRIMARY KEY, box BLOB NOT NULL, ends REAL NOT NULL);
    CREATE INDEX sign_in_by_end ON sign_in (ends);
    CREATE TABLE person_session (
        digest TEXT PRIMARY KEY, caller TEXT NOT NULL, box BLOB NOT NULL, ends REAL NOT NULL
    );
    CREATE INDEX person_session_by_caller ON person_session (caller);
    CREATE TABLE revoked (
        kind TEXT NOT NULL, what TEXT NOT NULL, at REAL NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (kind, what)
    );
    CREATE TABLE invitation (
        digest TEXT PRIMARY KEY, person TEXT NOT NULL, name TEXT NOT NULL, made REAL NOT NULL, ends REAL NOT NULL
    );
    CREATE TABLE passkey (
        id TEXT PRIMARY KEY, person TEXT NOT NULL, box BLOB NOT NULL, counter INTEGER NOT NULL, made REAL NOT NULL,
        used REAL NOT NULL
    );
    CREATE INDEX passkey_by_person ON passkey (person);
    CREATE TABLE credential (
        caller TEXT NOT NULL, database TEXT NOT NULL, account TEXT NOT NULL, box BLOB NOT NULL, made REAL NOT NULL,
        used REAL NOT NULL, PRIMARY KEY (caller, database)
    );
    CREATE TABLE sign_in_try (account TEXT NOT NULL, browser TEXT NOT NULL, at REAL NOT NULL);
    CREATE INDEX sign_in_try_by_account ON sign_in_try (account, browser, at);
    CREATE TABLE refused_secret (digest TEXT PRIMARY KEY, at REAL NOT NULL)
    """,
    # 15: what a job is to do, as data: another process can go on with it
    """
    ALTER TABLE job ADD COLUMN work TEXT NOT NULL DEFAULT ''
    """,
    # 16: keys by which agents without a person call over HTTP, as digests
    """
    CREATE TABLE caller_key (
        name TEXT PRIMARY KEY, digest TEXT NOT NULL, scopes TEXT NOT NULL, networks TEXT NOT NULL, owner TEXT NOT NULL,
        made REAL NOT NULL, expires REAL, revoked REAL, used REAL
    );
    CREATE UNIQUE INDEX caller_key_by_digest ON caller_key (digest)
    """,
    # 17: up to which of its times each schedule was carried out or told as missed
    """
    CREATE TABLE schedule (
        database TEXT NOT NULL, name TEXT NOT NULL, handled REAL NOT NULL, missed INTEGER NOT NULL DEFAULT 0,
        missed_last REAL, PRIMARY KEY (database, name)
    )
    """,
    # 18: under which settings a job was asked for, beside what it came to: a list reads the one without the other
    """
    ALTER TABLE job ADD COLUMN seen TEXT NOT NULL DEFAULT ''
    """,
    # 19: text of outsiders that a caller was shown lately
    """
    CREATE TABLE outsider_mark (
        caller TEXT NOT NULL, database TEXT NOT NULL, field TEXT NOT NULL, since REAL NOT NULL,
        PRIMARY KEY (caller, database, field)
    )
    """,
    # 20: what the owner has stopped, for everybody or for one caller
    """
    CREATE TABLE halt (caller TEXT PRIMARY KEY, whole INTEGER NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL)
    """,
    # 21: how often anybody wrote to a database
    """
    ALTER TABLE chain ADD COLUMN writes INTEGER NOT NULL DEFAULT 0
    """,
    # 22: contents are sealed, each record's by a key of its own; what is asked of plans stands beside them
    """
    CREATE TABLE data_key (id TEXT PRIMARY KEY, database TEXT NOT NULL, subject TEXT NOT NULL, box BLOB);
    CREATE INDEX data_key_by_subject ON data_key (database, subject);
    CREATE TABLE taken_over (number INTEGER PRIMARY KEY, tag TEXT NOT NULL);
    CREATE TABLE unsealed (database TEXT PRIMARY KEY);
    INSERT INTO unsealed SELECT DISTINCT database FROM journal UNION SELECT DISTINCT database FROM plan
        UNION SELECT DISTINCT database FROM job UNION SELECT DISTINCT database FROM held
        UNION SELECT '' FROM kept_file;
    ALTER TABLE plan ADD COLUMN box BLOB;
    ALTER TABLE plan ADD COLUMN key TEXT NOT NULL DEFAULT '';
    ALTER TABLE step ADD COLUMN box BLOB;
    ALTER TABLE step ADD COLUMN key TEXT NOT NULL DEFAULT '';
    ALTER TABLE step ADD COLUMN kind TEXT NOT NULL DEFAULT '';
    ALTER TABLE step ADD COLUMN layout TEXT NOT NULL DEFAULT '';
    ALTER TABLE step ADD COLUMN runbook TEXT NOT NULL DEFAULT '';
    ALTER TABLE item ADD COLUMN box BLOB;
    ALTER TABLE item ADD COLUMN outcome_box BLOB;
    ALTER TABLE item ADD COLUMN key TEXT NOT NULL DEFAULT '';
    ALTER TABLE item ADD COLUMN takes_back TEXT;
    ALTER TABLE item ADD COLUMN writes INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE image ADD COLUMN box BLOB;
    ALTER TABLE image ADD COLUMN key TEXT NOT NULL DEFAULT '';
    ALTER TABLE kept_file ADD COLUMN box BLOB;
    ALTER TABLE kept_file ADD COLUMN key TEXT NOT NULL DEFAULT '';
    ALTER TABLE job ADD COLUMN box BLOB;
    ALTER TABLE job ADD COLUMN facts_box BLOB;
    ALTER TABLE held ADD COLUMN box BLOB;
    ALTER TABLE held ADD COLUMN key TEXT NOT NULL DEFAULT ''
    """,
    # 23: how much was ended so far, and from when on keys count
    """
    CREATE TABLE epoch (one INTEGER PRIMARY KEY, state_id TEXT NOT NULL, number INTEGER NOT NULL, since INTEGER NOT NULL);
    ALTER TABLE caller_key ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0
    """,
    # 24: what was used by each caller; of before, nobody knows whose it was
    """
    ALTER TABLE usage RENAME TO usage_of_all;
    CREATE TABLE usage (
        database TEXT NOT NULL, day TEXT NOT NULL, tool TEXT NOT NULL, caller TEXT NOT NULL, calls INTEGER NOT NULL,
        requests INTEGER NOT NULL, received INTEGER NOT NULL, PRIMARY KEY (database, day, tool, caller)
    );
    INSERT INTO usage SELECT database, day, tool, '', calls, requests, received FROM usage_of_all;
    DROP TABLE usage_of_all
    """,
    # 25: whose layout contents are, and by which entry they are gone (0: an earlier version); holds; which files a plan carries
    """
    ALTER TABLE image ADD COLUMN layout TEXT NOT NULL DEFAULT '';
    ALTER TABLE image ADD COLUMN gone INTEGER;
    UPDATE image SET layout = COALESCE((SELECT step.layout FROM journal JOIN step ON step.plan = journal.plan
        AND step.number = journal.step WHERE journal.number = image.number), '');
    INSERT INTO image (number, content, gone) SELECT number, '', 0 FROM journal WHERE image <> '' AND place IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM image AS there WHERE there.number = journal.number);
    CREATE INDEX image_by_layout ON image (layout, number) WHERE gone IS NULL;
    CREATE INDEX image_by_key ON image (key); CREATE INDEX item_by_key ON item (key);
    CREATE TABLE hold (id TEXT PRIMARY KEY, database TEXT NOT NULL, made REAL NOT NULL, released REAL, box BLOB NOT NULL);
    CREATE TABLE file_use (plan TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (plan, digest));
    CREATE INDEX file_use_by_digest ON file_use (digest)
    """,
    # 26: what several processes know of one another: found sets, a host that refuses sessions or a password
    """
    CREATE TABLE found_set (
        handle TEXT PRIMARY KEY, database TEXT NOT NULL, caller TEXT NOT NULL, account TEXT NOT NULL, box BLOB NOT NULL,
        used REAL NOT NULL
    );
    CREATE TABLE host_pause (place TEXT PRIMARY KEY, ends REAL NOT NULL, seconds REAL NOT NULL, code INTEGER NOT NULL)
    """,
    # 27: which pages of a plan a person opened at the team's address
    """
    CREATE TABLE opened_page (
        caller TEXT NOT NULL, plan TEXT NOT NULL, digest TEXT NOT NULL, page INTEGER NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (caller, plan, digest, page)
    )
    """,
    # 28: files of callers at several servers, in parts
    """
    CREATE TABLE shared_file (
        id TEXT PRIMARY KEY, caller TEXT NOT NULL, box BLOB NOT NULL, size INTEGER NOT NULL, made REAL NOT NULL, state TEXT NOT NULL
    );
    CREATE INDEX shared_file_by_caller ON shared_file (caller);
    CREATE TABLE shared_file_part (file TEXT NOT NULL, number INTEGER NOT NULL, box BLOB NOT NULL, PRIMARY KEY (file, number))
    """,
    # 29: what tells of which record contents are, once their plan is gone
    """
    CREATE TABLE left_item (
        plan TEXT NOT NULL, step INTEGER NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, box BLOB, outcome_box BLOB,
        PRIMARY KEY (plan, step, number)
    );
    CREATE INDEX left_item_by_key ON left_item (key)
    """,
    # 30: FileMaker sessions over all servers: who has a place for one, and who waits
    """
    CREATE TABLE session_place (
        id TEXT PRIMARY KEY, host TEXT NOT NULL, account TEXT NOT NULL, holder TEXT NOT NULL, runner TEXT NOT NULL,
        since REAL NOT NULL, box BLOB
    );
    CREATE INDEX session_place_by_host ON session_place (host);
    CREATE TABLE session_want (
        holder TEXT PRIMARY KEY, host TEXT NOT NULL, account TEXT NOT NULL, most INTEGER NOT NULL, runner TEXT NOT NULL,
        since REAL NOT NULL, ends REAL NOT NULL
    )
    """,
    # 31: what is asked for each item that is sent, whatever else the state holds
    """
    CREATE INDEX item_on_its_way ON item (plan) WHERE state = 'sent';
    CREATE INDEX item_by_taking ON item (takes_back, plan) WHERE takes_back IS NOT NULL;
    CREATE INDEX plan_by_undoes ON plan (undoes) WHERE undoes <> ''
    """,
    # 32: parts of callers' files that are in an object store, and objects whose part is gone
    """
    ALTER TABLE shared_file_part ADD COLUMN object TEXT NOT NULL DEFAULT '';
    CREATE TABLE left_object (name TEXT PRIMARY KEY)
    """,
    # 33: who agreed to a plan, as plans name callers, and who they were when they were last looked at
    """
    ALTER TABLE plan ADD COLUMN approved_person TEXT NOT NULL DEFAULT '';
    CREATE TABLE agreed_person (caller TEXT PRIMARY KEY, box BLOB NOT NULL, ends REAL NOT NULL)
    """,
    # 34: a sign-in that is under way is kept by its browser; what was used of them
    """
    DROP TABLE sign_in;
    CREATE TABLE used_ticket (id TEXT PRIMARY KEY, ends REAL NOT NULL)
    """,
    # 35: fields into which somebody wrote who had read text of outsiders, with nobody looking
    """
    CREATE TABLE carried_text (
        database TEXT NOT NULL, field TEXT NOT NULL, since REAL NOT NULL, PRIMARY KEY (database, field)
    )
    """,
    # 36: whose a code is that was not used yet
    """
    ALTER TABLE oauth_code ADD COLUMN caller TEXT NOT NULL DEFAULT '';
    ALTER TABLE oauth_code ADD COLUMN client TEXT NOT NULL DEFAULT ''
    """,
    # 37: what is looked up for each plan and each job, however many there were
    """
    CREATE INDEX plan_in_hand ON plan (database, fingerprint) WHERE state = 'applying';
    CREATE INDEX job_by_question ON job (database, fingerprint, caller, account);
    DROP INDEX job_by_fingerprint;
    CREATE INDEX job_by_seq ON job (seq)
    """,
    # 38: keyed digests over keys of agents: one that carries none is no key
    """
    ALTER TABLE caller_key ADD COLUMN seal TEXT NOT NULL DEFAULT ''
    """,
)
"""One script for each `user_version`; a new table is a new script at the end, never a changed one."""
