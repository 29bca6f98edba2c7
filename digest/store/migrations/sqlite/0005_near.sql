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

-- How far, by id, the comments (0) and the posts (1) have been compared, and the
-- prints of comments made ahead of that (2). No row is 0.
CREATE TABLE near_state (
    kind   SMALLINT PRIMARY KEY,
    walked BIGINT   NOT NULL
);

-- The numbers by which a text is found again. The holder is twice the entry, and
-- one more where this print alone is worth a look. Prints of a text that has
-- changed since stay: what they lead to is read before it is believed.
CREATE TABLE near_prints (
    print  BIGINT NOT NULL,
    holder BIGINT NOT NULL,
    PRIMARY KEY (print, holder)
) WITHOUT ROWID;

-- What an entry is to an earlier one: a near copy (0), or it quotes it (1).
CREATE TABLE near_links (
    later    BIGINT   NOT NULL,
    earlier  BIGINT   NOT NULL,
    relation SMALLINT NOT NULL CHECK (relation IN (0, 1)),
    PRIMARY KEY (later, earlier)
) WITHOUT ROWID;
CREATE INDEX near_links_earlier ON near_links (earlier, later);
