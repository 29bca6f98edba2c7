-- The search index. Nothing in it is truth: what is missing in it is found in
-- posts and comments and put in again. With its tables empty, all of it is.

-- Entries to index anew. Kind is 0 for a comment, 1 for a post, 2 for all
-- comments under a post. An entry may stand in it several times.
CREATE TABLE search_todo (
    id    INTEGER  PRIMARY KEY,
    kind  SMALLINT NOT NULL CHECK (kind IN (0, 1, 2)),
    entry BIGINT   NOT NULL
);

-- How far, by id, the comments (0) and the posts (1) have been looked through
-- for entries that are not in the index. No row is 0.
CREATE TABLE search_state (
    kind   SMALLINT PRIMARY KEY,
    walked BIGINT   NOT NULL
);

-- One row for an entry; the rowid is the minute of its publication and its id.
-- The lexemes are made by the program, and parted by spaces.
CREATE VIRTUAL TABLE search_comments USING fts5(lexemes, content='', contentless_delete=1, tokenize='ascii');
CREATE VIRTUAL TABLE search_posts USING fts5(lexemes, content='', contentless_delete=1, tokenize='ascii');
