-- Runs have names, and a metric's direction is what the program says of it.

-- +goose Up
ALTER TABLE run ADD COLUMN name TEXT NOT NULL DEFAULT '';

CREATE TABLE metric (
    run    TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    better TEXT NOT NULL,                 -- lower, higher, none
    PRIMARY KEY (run, name)
);
