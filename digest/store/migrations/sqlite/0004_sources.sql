-- What a source, its feeds, posts and comments are known by when ids, addresses
-- and domains change; what became of comments; and their own feeds of the posts.

ALTER TABLE sources ADD COLUMN comments_pattern TEXT NOT NULL DEFAULT '';

ALTER TABLE feeds ADD COLUMN failing_since BIGINT;
ALTER TABLE feeds ADD COLUMN asked_whole BIGINT;
ALTER TABLE feeds ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN moved_polls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN gone_since BIGINT;
ALTER TABLE feeds ADD COLUMN stopped SMALLINT NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1));
ALTER TABLE feeds ADD COLUMN suspect TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN page_size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN daily INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN older TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN retry_at BIGINT;

-- Empty until the feed brings the entry again. What entries have given of all
-- that a row may have is noted in a set, so that an unchanged page is compared
-- without reading it; what is not in the set may be there all the same.
ALTER TABLE posts ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN url_key TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN ref TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN comments_url TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN given INTEGER NOT NULL DEFAULT 0;

-- The text, which may be long, stays the last column: what stands before it is
-- read without it.
ALTER TABLE posts ADD COLUMN prose TEXT NOT NULL DEFAULT '[]';
UPDATE posts SET prose = body;
ALTER TABLE posts DROP COLUMN body;
ALTER TABLE posts RENAME COLUMN prose TO body;

CREATE INDEX posts_key ON posts (source_id, key) WHERE key <> '';
CREATE INDEX posts_url_key ON posts (source_id, url_key) WHERE url_key <> '';
CREATE INDEX posts_ref ON posts (source_id, ref) WHERE ref <> '';

ALTER TABLE comments ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN post_key TEXT NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN parent_key TEXT NOT NULL DEFAULT '';
ALTER TABLE comments ADD COLUMN gone_by TEXT NOT NULL DEFAULT ''
    CHECK (gone_by IN ('', 'marker', 'tombstone', 'absence', 'permalink'));
ALTER TABLE comments ADD COLUMN given INTEGER NOT NULL DEFAULT 0;
UPDATE comments SET gone_by = 'marker' WHERE gone = 1;

CREATE INDEX comments_key ON comments (source_id, key) WHERE key <> '';
CREATE INDEX comments_waiting_post_key ON comments (source_id, post_key)
    WHERE post_id IS NULL AND post_key <> '';
CREATE INDEX comments_waiting_parent_key ON comments (source_id, parent_key)
    WHERE parent_id IS NULL AND parent_key <> '';

-- Earlier texts of comments that were edited.
CREATE TABLE comment_versions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    comment_id BIGINT  NOT NULL REFERENCES comments (id),
    replaced   BIGINT  NOT NULL, -- when the next text was seen
    author     TEXT    NOT NULL,
    words      INTEGER NOT NULL,
    body       TEXT    NOT NULL
);
CREATE INDEX comment_versions_comment ON comment_versions (comment_id, id);

-- What is remembered of the feeds of single posts' comments.
CREATE TABLE listings (
    post_id       INTEGER PRIMARY KEY REFERENCES posts (id),
    listed        INTEGER NOT NULL, -- comments announced when it was last read whole, -1 for never
    listed_at     BIGINT,
    next_try      BIGINT,
    failures      INTEGER NOT NULL,
    etag          TEXT    NOT NULL,
    last_modified TEXT    NOT NULL
);
