-- A run of a sweep says which, and what the sweep varies.

-- +goose Up
ALTER TABLE run ADD COLUMN sweep TEXT;
ALTER TABLE run ADD COLUMN sweep_plan TEXT; -- JSON: the parameters, the settings that were asked for, how they were drawn
CREATE INDEX run_sweep ON run (sweep);
