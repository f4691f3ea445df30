-- A run that is resumed may go on with other code: each attempt after the first says its own.

-- +goose Up
ALTER TABLE attempt ADD COLUMN code_id TEXT REFERENCES code (id); -- NULL for the first, whose is the run's
CREATE INDEX attempt_code ON attempt (code_id);
