-- Which entries repeat or quote others. Nothing in it is truth: with its tables
-- empty, all of it is made again. An entry is twice its id, and one more for a
-- post.

-- Entries to compare anew. One that changed is also looked for by those that are
-- later than it.
CREATE TABLE near_todo (
    id      INTEGER  PRIMARY KEY,
    entry   BIGINT   NOT NULL,
    changed SMALLINT NOT NULL CHECK (changed IN (0, 1))
);

-- How far, by id, the comments (0) and the posts (1) have been compared. No row
-- is 0.
CREATE TABLE near_state (
    kind   SMALLINT PRIMARY KEY,
    walked BIGINT   NOT NULL
);

-- The prints by which a text is found again; the rowid is the entry. A print is a
-- number in hexadecimal behind an a, or behind a b where this print alone is worth
-- a look. A table with a row for each would write as many pages as there are
-- prints, which lie far apart; a full-text index writes them one after the other.
CREATE VIRTUAL TABLE near_prints USING fts5(prints, content='', contentless_delete=1, detail='none', tokenize='ascii');

-- What an entry is to an earlier one: a near copy (0), or it quotes it (1).
CREATE TABLE near_links (
    later    BIGINT   NOT NULL,
    earlier  BIGINT   NOT NULL,
    relation SMALLINT NOT NULL CHECK (relation IN (0, 1)),
    PRIMARY KEY (later, earlier)
) WITHOUT ROWID;
CREATE INDEX near_links_earlier ON near_links (earlier, later);
