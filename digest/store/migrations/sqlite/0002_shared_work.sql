-- The processes that work on this database. Times here are the database's own
-- clock. On SQLite, where there is one, its place lasts as long as the process.
CREATE TABLE workers (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT   NOT NULL,
    started_at   BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX workers_present ON workers (leased_until) WHERE ended_at IS NULL;

-- Recurring work. next_at is by the program's clock, NULL while nothing is
-- planned; the fence grows with every claim; duties in one room are never held
-- at once.
CREATE TABLE duties (
    name       TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    subject    BIGINT NOT NULL,
    room       TEXT NOT NULL DEFAULT '',
    next_at    BIGINT,
    worker_id  BIGINT,
    fence      BIGINT NOT NULL DEFAULT 0,
    claimed_at BIGINT, -- by the database's clock
    due_at     BIGINT, -- the occurrence that is under way, else the last
    done_at    BIGINT,
    runs       BIGINT NOT NULL DEFAULT 0,
    failures   BIGINT NOT NULL DEFAULT 0,
    last_error TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX duties_due ON duties (next_at) WHERE next_at IS NOT NULL AND worker_id IS NULL;
CREATE INDEX duties_held ON duties (worker_id) WHERE worker_id IS NOT NULL;
CREATE UNIQUE INDEX duties_room ON duties (room) WHERE room <> '' AND worker_id IS NOT NULL;

-- Who claimed a delivery that is under way.
ALTER TABLE deliveries ADD COLUMN worker_id BIGINT;

-- Set while nothing may be published or mailed, as after a restore.
ALTER TABLE publication ADD COLUMN held_since BIGINT;
ALTER TABLE publication ADD COLUMN held_reason TEXT NOT NULL DEFAULT '';
