-- Runs of the same code share its description, which lists all modules: read with each run of a table it took most of the time.

-- +goose Up
CREATE TABLE code (
    id   TEXT PRIMARY KEY,                -- sha256 of the text; of runs older than this table, the first run's id
    text TEXT NOT NULL                    -- JSON: commit, branch, digest of the uncommitted diff, modules
);
ALTER TABLE run ADD COLUMN code_id TEXT REFERENCES code (id);
CREATE INDEX run_code ON run (code_id);
INSERT INTO code (id, text) SELECT min(id), code FROM run GROUP BY code;
UPDATE run SET code_id = same.first FROM (SELECT id, min(id) OVER (PARTITION BY code) AS first FROM run) AS same WHERE same.id = run.id;
ALTER TABLE run DROP COLUMN code;
