-- The first schema of the journal. Type names are PostgreSQL's; SQLite takes them as they are.
-- Times are microseconds since 1970 UTC, never 0.

-- +goose Up
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO meta (key, value) VALUES ('format', 'flowbook journal');

CREATE TABLE run (
    id         TEXT PRIMARY KEY,
    experiment TEXT NOT NULL,
    status     TEXT NOT NULL,             -- running, finished, failed, interrupted
    error      TEXT NOT NULL DEFAULT '',
    config     TEXT NOT NULL,             -- JSON
    seed       BIGINT,
    parent     TEXT REFERENCES run (id) ON DELETE SET NULL,
    replay_of  TEXT REFERENCES run (id) ON DELETE SET NULL,
    backend    TEXT NOT NULL DEFAULT '',
    device     TEXT NOT NULL DEFAULT '',
    code       TEXT NOT NULL DEFAULT '{}', -- JSON: commit, branch, digest of the uncommitted diff, modules
    machine    TEXT NOT NULL DEFAULT '{}', -- JSON: host, OS, CPU, Go, command
    started    BIGINT NOT NULL,
    ended      BIGINT,
    deleted    BIGINT                      -- when it was moved to the bin
);
CREATE INDEX run_started ON run (started);
CREATE INDEX run_parent ON run (parent);
CREATE INDEX run_replay_of ON run (replay_of);

-- An attempt is one process working on a run. Resuming a run adds one: what earlier attempts
-- logged after from_step is superseded, but stays.
CREATE TABLE attempt (
    run       TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    number    BIGINT NOT NULL,
    from_step BIGINT NOT NULL,
    host      TEXT NOT NULL,
    boot      TEXT NOT NULL,
    pid       BIGINT NOT NULL,
    pid_start TEXT NOT NULL,
    started   BIGINT NOT NULL,
    heartbeat BIGINT NOT NULL,
    flushed   BIGINT NOT NULL DEFAULT 0,  -- the last spool record that is in the database
    PRIMARY KEY (run, number)
);

-- A series has a line here that sums up its points that are not superseded. NULL stands for NaN.
CREATE TABLE series (
    run        TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    metric     TEXT NOT NULL,
    count      BIGINT NOT NULL,
    not_finite BIGINT NOT NULL,
    first_step BIGINT NOT NULL,
    last_step  BIGINT NOT NULL,
    last       DOUBLE PRECISION,
    min        DOUBLE PRECISION,
    min_step   BIGINT NOT NULL,
    max        DOUBLE PRECISION,
    max_step   BIGINT NOT NULL,
    PRIMARY KEY (run, metric)
);

-- The points of a series, many to a row (see points.go). start counts the attempt's points from 0,
-- so the chunks of an attempt follow each other without a gap.
CREATE TABLE chunk (
    run     TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    metric  TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    start   BIGINT NOT NULL,
    count   BIGINT NOT NULL,
    points  BYTEA NOT NULL,
    PRIMARY KEY (run, metric, attempt, start)
);

CREATE TABLE output (
    run     TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    attempt BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    stream  BIGINT NOT NULL,              -- 1 standard output, 2 standard error
    text    BYTEA NOT NULL,
    PRIMARY KEY (run, attempt, seq)
);

CREATE TABLE artifact (
    run     TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    kind    TEXT NOT NULL,                -- artifact, figure, checkpoint, source
    name    TEXT NOT NULL,
    step    BIGINT NOT NULL,              -- -1: none
    attempt BIGINT NOT NULL,
    digest  TEXT NOT NULL,                -- sha256, hexadecimal
    size    BIGINT NOT NULL,
    mime    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (run, kind, name, step, attempt)
);
CREATE INDEX artifact_digest ON artifact (digest);

CREATE TABLE run_tag (
    run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (run, tag)
);

CREATE TABLE run_note (
    run  TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    id   TEXT NOT NULL,
    at   BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (run, id)
);

CREATE TABLE run_data (
    run    TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (run, name)
);

CREATE TABLE entry (
    id      TEXT PRIMARY KEY,
    title   TEXT NOT NULL,
    body    TEXT NOT NULL,
    dated   BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    deleted BIGINT
);
CREATE INDEX entry_dated ON entry (dated);

CREATE TABLE entry_tag (
    entry TEXT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    tag   TEXT NOT NULL,
    PRIMARY KEY (entry, tag)
);

CREATE TABLE entry_run (
    entry TEXT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    run   TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    PRIMARY KEY (entry, run)
);
CREATE INDEX entry_run_run ON entry_run (run);
