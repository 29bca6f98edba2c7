-- Times are microseconds since 1970 UTC, NULL for none. Booleans are 0 or 1.
-- JSON is text. Every state of every state machine is allowed from the start.

CREATE TABLE publication (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    name           TEXT    NOT NULL DEFAULT '',
    language       TEXT    NOT NULL DEFAULT '',
    home_url       TEXT    NOT NULL DEFAULT '',
    tag_authority  TEXT    NOT NULL DEFAULT '',
    postal_address TEXT    NOT NULL DEFAULT '',
    separator      TEXT    NOT NULL DEFAULT 'hairline' CHECK (separator IN ('hairline', 'asterisks')),
    watch_list     TEXT    NOT NULL DEFAULT '', -- names, one a line
    glossary       TEXT    NOT NULL DEFAULT '', -- abbreviations that readers know, one a line
    salt           BLOB    NOT NULL,
    held_since     BIGINT, -- set while nothing may be published or mailed, as after a restore
    held_reason    TEXT    NOT NULL DEFAULT '',
    held_by        TEXT    NOT NULL DEFAULT '', -- who held it; '' for a restore
    -- When somebody took the first settings as they are, and a test mail was taken.
    setup_series   BIGINT,
    setup_mail     BIGINT,
    setup_tested   BIGINT
);

-- One number that grows with everything readers can see.
CREATE TABLE generation (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value BIGINT  NOT NULL
);
INSERT INTO generation (id, value) VALUES (1, 1);

-- A number that is written to find out whether anything can be.
CREATE TABLE tries (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    n  BIGINT  NOT NULL
);
INSERT INTO tries (id, n) VALUES (1, 0);

CREATE TABLE sources (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    name             TEXT    NOT NULL,
    url              TEXT    NOT NULL,
    platform         TEXT    NOT NULL,
    -- An operator named the platform: no feed changes it.
    platform_set     SMALLINT NOT NULL DEFAULT 0 CHECK (platform_set IN (0, 1)),
    language         TEXT    NOT NULL DEFAULT '',
    comments_pattern TEXT NOT NULL DEFAULT '',
    added_at         BIGINT  NOT NULL,
    -- No longer followed; kept for what was stored of it.
    removed          SMALLINT NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    posts_url        TEXT     NOT NULL DEFAULT '' -- its posts feed, once removed
);

CREATE TABLE feeds (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id     BIGINT  NOT NULL REFERENCES sources (id),
    kind          TEXT    NOT NULL CHECK (kind IN ('posts', 'comments')),
    url           TEXT    NOT NULL UNIQUE,
    etag          TEXT    NOT NULL DEFAULT '',
    last_modified TEXT    NOT NULL DEFAULT '',
    validators_url TEXT   NOT NULL DEFAULT '', -- the address that these two came from
    next_poll     BIGINT,
    last_try      BIGINT,
    last_success  BIGINT,
    failures      INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT    NOT NULL DEFAULT '',
    catch_up      BIGINT,
    failing_since BIGINT,
    asked_whole   BIGINT,
    moved_to      TEXT    NOT NULL DEFAULT '',
    moved_polls   INTEGER NOT NULL DEFAULT 0,
    gone_since    BIGINT,
    stopped       SMALLINT NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1)),
    suspect       TEXT    NOT NULL DEFAULT '',
    page_size     INTEGER NOT NULL DEFAULT 0,
    daily         INTEGER NOT NULL DEFAULT 0,
    older         TEXT    NOT NULL DEFAULT '',
    retry_at      BIGINT,
    -- Why how many entries of the newest page were not stored: a JSON object.
    left_out      TEXT    NOT NULL DEFAULT 'null'
);
CREATE INDEX feeds_source ON feeds (source_id);

CREATE TABLE posts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id    BIGINT  NOT NULL REFERENCES sources (id),
    guid         TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    -- Where the feed gave no date (undated), a moment to sort the entry by.
    published    BIGINT  NOT NULL,
    undated      SMALLINT NOT NULL DEFAULT 0 CHECK (undated IN (0, 1)),
    updated      BIGINT,
    first_seen   BIGINT  NOT NULL,
    announced    INTEGER NOT NULL,
    hash         TEXT    NOT NULL,
    -- Keys by which the entry is found again when its id or address changes; empty
    -- until the feed brings the entry again.
    key          TEXT NOT NULL DEFAULT '',
    url_key      TEXT NOT NULL DEFAULT '',
    ref          TEXT NOT NULL DEFAULT '',
    comments_url TEXT    NOT NULL DEFAULT '',
    -- The set of fields that a feed has given, so that an unchanged page is compared
    -- without reading the row. A field outside the set may have a value all the same.
    given        INTEGER NOT NULL DEFAULT 0,
    -- Last, since it may be long: the columns before it are read without it.
    body         TEXT    NOT NULL,
    UNIQUE (source_id, guid)
);
CREATE INDEX posts_newest ON posts (published, id);
CREATE INDEX posts_source_newest ON posts (source_id, published, id);
CREATE INDEX posts_url ON posts (source_id, url);
CREATE INDEX posts_key ON posts (source_id, key) WHERE key <> '';
CREATE INDEX posts_url_key ON posts (source_id, url_key) WHERE url_key <> '';
CREATE INDEX posts_ref ON posts (source_id, ref) WHERE ref <> '';

CREATE TABLE comments (
    id          INTEGER  PRIMARY KEY AUTOINCREMENT,
    source_id   BIGINT   NOT NULL REFERENCES sources (id),
    guid        TEXT     NOT NULL,
    url         TEXT     NOT NULL,
    post_id     BIGINT   REFERENCES posts (id),
    post_ref    TEXT     NOT NULL,
    parent_id   BIGINT   REFERENCES comments (id),
    parent_ref  TEXT     NOT NULL,
    author      TEXT     NOT NULL,
    author_uri  TEXT     NOT NULL,
    published   BIGINT   NOT NULL, -- as in posts
    undated     SMALLINT NOT NULL DEFAULT 0 CHECK (undated IN (0, 1)),
    updated     BIGINT,
    first_seen  BIGINT   NOT NULL,
    changed_at  BIGINT   NOT NULL,
    gone        SMALLINT NOT NULL CHECK (gone IN (0, 1)),
    gone_reason TEXT     NOT NULL,
    gone_by     TEXT     NOT NULL DEFAULT ''
        CHECK (gone_by IN ('', 'marker', 'tombstone', 'absence', 'permalink')),
    backfill    SMALLINT NOT NULL CHECK (backfill IN (0, 1)),
    hash        TEXT     NOT NULL,
    words       INTEGER  NOT NULL,
    key         TEXT NOT NULL DEFAULT '', -- these four as in posts
    post_key    TEXT NOT NULL DEFAULT '',
    parent_key  TEXT NOT NULL DEFAULT '',
    given       INTEGER  NOT NULL DEFAULT 0,
    body        TEXT     NOT NULL,
    UNIQUE (source_id, guid)
);
CREATE INDEX comments_newest ON comments (published, id);
CREATE INDEX comments_source_newest ON comments (source_id, published, id);
CREATE INDEX comments_gone ON comments (source_id) WHERE gone = 1;
CREATE INDEX comments_first_seen ON comments (source_id, first_seen);
CREATE INDEX comments_author ON comments (author, first_seen);
CREATE INDEX comments_post ON comments (post_id, published, id);
CREATE INDEX comments_parent ON comments (parent_id, gone);
CREATE INDEX comments_waiting_post ON comments (source_id, post_ref)
    WHERE post_id IS NULL AND post_ref <> '';
CREATE INDEX comments_waiting_parent ON comments (source_id, parent_ref)
    WHERE parent_id IS NULL AND parent_ref <> '';
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
    hash       TEXT    NOT NULL DEFAULT '', -- as in comments, by which a pick knows its words
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
    last_modified TEXT    NOT NULL,
    validators_url TEXT   NOT NULL -- the address that these two came from
);

CREATE TABLE series (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    slug        TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    schedule    TEXT    NOT NULL,
    zone        TEXT    NOT NULL,
    next_number INTEGER NOT NULL CHECK (next_number > 0),
    deadline    TEXT    NOT NULL,
    at_least    INTEGER NOT NULL DEFAULT 0, -- picks that it needs to go out unapproved
    created_at  BIGINT  NOT NULL
);

CREATE TABLE series_sources (
    series_id BIGINT NOT NULL REFERENCES series (id),
    source_id BIGINT NOT NULL REFERENCES sources (id),
    PRIMARY KEY (series_id, source_id)
);
CREATE INDEX series_sources_source ON series_sources (source_id);

CREATE TABLE issues (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id      BIGINT  NOT NULL REFERENCES series (id),
    number         INTEGER NOT NULL CHECK (number > 0),
    state          TEXT    NOT NULL CHECK (state IN ('draft', 'approved', 'published',
                       'sending', 'paused', 'sent', 'skipped', 'cancelled', 'withdrawn')),
    title          TEXT    NOT NULL,
    intro          TEXT    NOT NULL,
    subject        TEXT    NOT NULL DEFAULT '', -- of its mail; empty: the title
    preheader      TEXT    NOT NULL DEFAULT '', -- empty: made of the words
    opened_at      BIGINT  NOT NULL,
    window_from    BIGINT,
    closed_at      BIGINT, -- when it was first approved, which closed its window
    slot           BIGINT  NOT NULL, -- the moment of the schedule that it answers for
    due_at         BIGINT, -- the moment it goes out
    approved_at    BIGINT,
    published_at   BIGINT,
    updated_at     BIGINT,
    sent_at        BIGINT,
    asks           TEXT    NOT NULL DEFAULT '' CHECK (asks IN ('', 'late', 'elsewhere')),
    overrode       TEXT    NOT NULL DEFAULT '' CHECK (overrode IN ('', 'removed-pick')),
    pause_cause    TEXT    NOT NULL DEFAULT '' CHECK (pause_cause IN ('', 'by-hand', 'refused', 'unverified', 'unknown')),
    pause_detail   TEXT    NOT NULL DEFAULT '',
    -- What the sending waits for, as whoever sends said it last: a limit of the settings
    -- or the mail server, with its words, and when it goes on, NULL where nobody knows.
    waits_for      TEXT    NOT NULL DEFAULT '' CHECK (waits_for IN ('', 'rate', 'server')),
    waits_words    TEXT    NOT NULL DEFAULT '',
    waits_until    BIGINT,
    unknown_asked  INTEGER NOT NULL DEFAULT 0, -- 1: it paused once because too many addresses were refused
    mailing_begun  BIGINT,
    mailing_domain TEXT    NOT NULL DEFAULT '',
    mail_ends      BIGINT, -- the block after which the mail ends; NULL where it holds the whole issue
    version        BIGINT  NOT NULL,
    -- The versions that last changed these.
    title_version  BIGINT  NOT NULL DEFAULT 0,
    intro_version  BIGINT  NOT NULL DEFAULT 0,
    mail_version   BIGINT  NOT NULL DEFAULT 0, -- the subject or the preheader
    order_version  BIGINT  NOT NULL DEFAULT 0,
    frozen         TEXT, -- last: it is large, and listings stop reading before it
    CHECK (frozen IS NOT NULL OR state IN ('draft', 'skipped', 'cancelled')),
    CHECK ((state = 'paused') = (pause_cause <> ''))
);
-- What was cancelled or skipped was seen by no reader: its number is free again.
CREATE UNIQUE INDEX issues_number ON issues (series_id, number) WHERE state NOT IN ('cancelled', 'skipped');
CREATE INDEX issues_newest ON issues (series_id, number, id);
-- One draft is the next issue. Others are issues that were approved and are open again.
CREATE UNIQUE INDEX issues_one_draft ON issues (series_id) WHERE state = 'draft' AND closed_at IS NULL;
CREATE INDEX issues_state ON issues (state, due_at);

CREATE TABLE blocks (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id    BIGINT  NOT NULL REFERENCES issues (id),
    position    INTEGER NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('pick', 'heading', 'text', 'quote')),
    comment_id  BIGINT  REFERENCES comments (id),
    text        TEXT    NOT NULL,
    -- Where the words of a quote stand.
    source_title TEXT   NOT NULL DEFAULT '',
    source_url  TEXT    NOT NULL DEFAULT '',
    version     BIGINT  NOT NULL DEFAULT 0, -- of the issue that last changed what is in the block
    kept        TEXT    NOT NULL,
    picked_hash TEXT    NOT NULL,
    -- An editor keeps the words as picked, whatever this hash of the comment's says.
    as_picked    TEXT   NOT NULL DEFAULT '',
    -- The sign of removal that an editor overruled, when, and who.
    overruled    TEXT   NOT NULL DEFAULT ''
        CHECK (overruled IN ('', 'marker', 'tombstone', 'absence', 'permalink')),
    overruled_at BIGINT,
    overruled_by TEXT   NOT NULL DEFAULT '',
    notes       TEXT    NOT NULL DEFAULT '[]', -- of the editor, each at a byte of the words
    lifted_from BIGINT  NOT NULL DEFAULT 0, -- the bytes of the words that are lifted
    lifted_to   BIGINT  NOT NULL DEFAULT 0, -- 0: none
    leads       SMALLINT NOT NULL DEFAULT 0 CHECK (leads IN (0, 1)), -- what is lifted stands for the issue
    UNIQUE (issue_id, comment_id),
    CHECK ((overruled = '') = (overruled_at IS NULL)),
    CHECK ((kind = 'pick') = (comment_id IS NOT NULL))
);
CREATE INDEX blocks_issue ON blocks (issue_id, position);
CREATE INDEX blocks_comment ON blocks (comment_id);

-- What the editors of a series decided of comments that no issue picks.
CREATE TABLE decisions (
    series_id  BIGINT NOT NULL REFERENCES series (id),
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    decision   TEXT   NOT NULL CHECK (decision IN ('skip', 'maybe')),
    issue_id   BIGINT NOT NULL REFERENCES issues (id), -- the draft of that time
    at         BIGINT NOT NULL,
    by_kind    TEXT   NOT NULL CHECK (by_kind IN ('command', 'worker', 'editor')),
    by_name    TEXT   NOT NULL,
    -- The maybe of an earlier issue that this one was made over, which holds again when
    -- this one is taken back.
    kept_by    BIGINT REFERENCES issues (id),
    kept_at    BIGINT,
    PRIMARY KEY (series_id, comment_id)
);
CREATE INDEX decisions_kept ON decisions (kept_by) WHERE kept_by IS NOT NULL;
CREATE INDEX decisions_comment ON decisions (comment_id);
CREATE INDEX decisions_maybe ON decisions (series_id, issue_id) WHERE decision = 'maybe';
CREATE INDEX decisions_issue ON decisions (issue_id);

-- What the editors of an issue had before their eyes: chosen, or gone past.
CREATE TABLE shown (
    issue_id   BIGINT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    PRIMARY KEY (issue_id, comment_id)
);
CREATE INDEX shown_comment ON shown (comment_id);

-- What an issue taught of its editors' taste when it was frozen, and what is known of
-- that by then, both as JSON.
CREATE TABLE lessons (
    issue_id INTEGER PRIMARY KEY REFERENCES issues (id) ON DELETE CASCADE,
    examples TEXT NOT NULL,
    taste    TEXT NOT NULL
);

-- The rules for suggestions that a series does without.
CREATE TABLE rules_off (
    series_id BIGINT NOT NULL REFERENCES series (id),
    rule      TEXT   NOT NULL,
    PRIMARY KEY (series_id, rule)
);

-- Where each editor reads a series: a page with its filters, as its address has them.
CREATE TABLE places (
    editor    TEXT   NOT NULL, -- the address
    series_id BIGINT NOT NULL REFERENCES series (id),
    query     TEXT   NOT NULL,
    PRIMARY KEY (editor, series_id)
);

-- The editors who have switched single keys off.
CREATE TABLE keys_off (
    editor TEXT NOT NULL PRIMARY KEY -- the address
);

-- How a comment was trimmed that was taken out of a draft, should it be picked again.
CREATE TABLE trims (
    series_id   BIGINT NOT NULL REFERENCES series (id),
    comment_id  BIGINT NOT NULL REFERENCES comments (id),
    kept        TEXT   NOT NULL,
    notes       TEXT   NOT NULL,
    lifted_from BIGINT NOT NULL,
    lifted_to   BIGINT NOT NULL,
    picked_hash TEXT   NOT NULL,
    PRIMARY KEY (series_id, comment_id)
);
CREATE INDEX trims_comment ON trims (comment_id);

-- Every change of an issue: who made it, when, and what it did.
CREATE TABLE revisions (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id BIGINT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    version  BIGINT NOT NULL, -- of the issue, after the change
    at       BIGINT NOT NULL,
    by_kind  TEXT   NOT NULL CHECK (by_kind IN ('command', 'worker', 'editor')),
    by_name  TEXT   NOT NULL,
    did      TEXT   NOT NULL,
    words    TEXT   NOT NULL,
    undoes   BIGINT REFERENCES revisions (id),
    before   TEXT -- the draft before the change, while it can be undone
);
CREATE INDEX revisions_issue ON revisions (issue_id, id);

-- Who changed what, and when. A row may count several of the same, as failed
-- sign-ins do: the first was at, the last at last_at.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      BIGINT  NOT NULL,
    last_at BIGINT  NOT NULL,
    by_kind TEXT    NOT NULL CHECK (by_kind IN ('command', 'worker', 'editor', 'visitor')),
    by_name TEXT    NOT NULL,
    did     TEXT    NOT NULL,
    subject TEXT    NOT NULL, -- what it was done to, in words
    words   TEXT    NOT NULL, -- what of it, in words
    times   INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_by ON audit (by_name, id);
CREATE INDEX audit_did ON audit (did, id);

-- Who may work at the desk.
CREATE TABLE editors (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    email      TEXT   NOT NULL,
    key        TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    role       TEXT   NOT NULL CHECK (role IN ('owner', 'editor')),
    password   TEXT   NOT NULL DEFAULT '', -- its argon2id hash with the parameters, '' for none
    handle     BLOB  NOT NULL UNIQUE, -- what passkeys know the editor by
    epoch      BIGINT NOT NULL DEFAULT 0, -- counts new passwords and signings out everywhere
    created_at BIGINT NOT NULL,
    last_seen  BIGINT
);

CREATE TABLE passkeys (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    editor_id     BIGINT NOT NULL REFERENCES editors (id) ON DELETE CASCADE,
    name          TEXT   NOT NULL,
    credential_id BLOB  NOT NULL UNIQUE,
    credential    TEXT   NOT NULL, -- the public key and what belongs to it, as JSON
    created_at    BIGINT NOT NULL,
    last_used     BIGINT
);
CREATE INDEX passkeys_editor ON passkeys (editor_id);

-- Links that lead in, each good once. Of the token only a hash is kept.
CREATE TABLE entrances (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT   NOT NULL CHECK (kind IN ('set-up', 'sign-in', 'invitation')),
    token_key  TEXT   NOT NULL UNIQUE,
    editor_id  BIGINT REFERENCES editors (id) ON DELETE CASCADE, -- of a link to sign in
    email      TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    role       TEXT   NOT NULL CHECK (role IN ('', 'owner', 'editor')),
    by_name    TEXT   NOT NULL, -- who made it
    created_at BIGINT NOT NULL,
    expires_at BIGINT, -- NULL for never
    used_at    BIGINT
);
CREATE INDEX entrances_editor ON entrances (editor_id);
CREATE INDEX entrances_key ON entrances (key, kind);

-- Attempts to get in, for the limits. An account is an HMAC-SHA256 of its address
-- under the publication's salt, since the address may be no account's. The
-- last good one from a network is kept longer: that network is known.
CREATE TABLE attempts (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT     NOT NULL CHECK (kind IN ('password', 'passkey', 'link', 'mail')),
    account TEXT     NOT NULL,
    network TEXT     NOT NULL,
    device  TEXT     NOT NULL DEFAULT '', -- the browser, if it was signed in before
    at      BIGINT   NOT NULL,
    good    SMALLINT NOT NULL CHECK (good IN (0, 1))
);
CREATE INDEX attempts_account ON attempts (account, at);
CREATE INDEX attempts_network ON attempts (network, at);
CREATE INDEX attempts_at ON attempts (at);

-- Questions to passkeys that were answered, as hashes: no answer works twice.
CREATE TABLE answered (
    challenge TEXT PRIMARY KEY,
    at        BIGINT NOT NULL
);

-- Who is signed in. Of the token only a hash is kept. No backup holds them.
CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_key  TEXT   NOT NULL UNIQUE,
    editor_id  BIGINT NOT NULL REFERENCES editors (id) ON DELETE CASCADE,
    via        TEXT   NOT NULL,
    agent      TEXT   NOT NULL,
    network    TEXT   NOT NULL,
    began_at   BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_editor ON sessions (editor_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- What an editor has looked at of what was found in an issue, by a key of what it is about.
CREATE TABLE seen_findings (
    issue_id BIGINT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    at       BIGINT NOT NULL,
    by_kind  TEXT   NOT NULL CHECK (by_kind IN ('command', 'worker', 'editor')),
    by_name  TEXT   NOT NULL,
    PRIMARY KEY (issue_id, key)
);

-- What the blog said last when it was asked whether a comment is there.
CREATE TABLE answers (
    comment_id BIGINT PRIMARY KEY REFERENCES comments (id),
    asked_at   BIGINT NOT NULL,
    answer     TEXT   NOT NULL CHECK (answer IN ('there', 'gone', 'unsure'))
);

-- That the blogs are to be asked about the picks and the links of an issue, and how
-- far that is.
CREATE TABLE askings (
    issue_id  BIGINT PRIMARY KEY REFERENCES issues (id) ON DELETE CASCADE,
    wanted_at BIGINT NOT NULL,
    by_kind   TEXT   NOT NULL CHECK (by_kind IN ('command', 'worker', 'editor')),
    by_name   TEXT   NOT NULL,
    began_at  BIGINT,
    done_at   BIGINT,
    done      INTEGER NOT NULL DEFAULT 0, -- of the picks
    total     INTEGER NOT NULL DEFAULT 0,
    notices   TEXT   NOT NULL DEFAULT '' -- what could not be asked, one a line
);

-- What an address said that an issue links to.
CREATE TABLE links (
    url      TEXT PRIMARY KEY,
    asked_at BIGINT NOT NULL,
    status   INTEGER NOT NULL, -- of the answer; 0 for none
    fault    TEXT   NOT NULL -- why there was none, in words
);

CREATE TABLE subscribers (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    email        TEXT    NOT NULL,
    key          TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'active',
                     'unsubscribed', 'bounced', 'complained')),
    frequency    TEXT    NOT NULL CHECK (frequency IN ('every', 'monthly')),
    token        TEXT    NOT NULL,
    token_key    TEXT    NOT NULL UNIQUE,
    created_at   BIGINT  NOT NULL,
    confirmed_at BIGINT,
    left_at      BIGINT
);
CREATE INDEX subscribers_state ON subscribers (state, id);
CREATE INDEX subscribers_state_key ON subscribers (state, key);
CREATE INDEX subscribers_left ON subscribers (left_at) WHERE left_at IS NOT NULL;

-- How many subscribers there are of each sort, kept by every transaction that changes
-- one: to count a million takes a third of a second. Who was forgotten has no address
-- and is not counted.
CREATE TABLE subscriber_counts (
    state     TEXT    NOT NULL,
    frequency TEXT    NOT NULL,
    n         BIGINT  NOT NULL,
    PRIMARY KEY (state, frequency)
) WITHOUT ROWID;
CREATE TRIGGER subscribers_come AFTER INSERT ON subscribers WHEN NEW.email <> '' BEGIN
    INSERT INTO subscriber_counts (state, frequency, n) VALUES (NEW.state, NEW.frequency, 1)
        ON CONFLICT (state, frequency) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER subscribers_change AFTER UPDATE OF state, frequency, email ON subscribers
WHEN (OLD.state, OLD.frequency, OLD.email <> '') <> (NEW.state, NEW.frequency, NEW.email <> '') BEGIN
    UPDATE subscriber_counts SET n = n - 1 WHERE OLD.email <> '' AND state = OLD.state AND frequency = OLD.frequency;
    INSERT INTO subscriber_counts (state, frequency, n) SELECT NEW.state, NEW.frequency, 1 WHERE NEW.email <> ''
        ON CONFLICT (state, frequency) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER subscribers_go AFTER DELETE ON subscribers WHEN OLD.email <> '' BEGIN
    UPDATE subscriber_counts SET n = n - 1 WHERE state = OLD.state AND frequency = OLD.frequency;
END;

CREATE TABLE consents (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber_id BIGINT  NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    at            BIGINT  NOT NULL,
    ip            TEXT    NOT NULL,
    page          TEXT    NOT NULL,
    wording       TEXT    NOT NULL,
    entered_by    TEXT    NOT NULL -- empty: the person themselves
);
CREATE INDEX consents_subscriber ON consents (subscriber_id, at);

CREATE TABLE confirmations (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber_id BIGINT  NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    token         TEXT    NOT NULL,
    token_key     TEXT    NOT NULL UNIQUE,
    created_at    BIGINT  NOT NULL,
    expires_at    BIGINT  NOT NULL,
    used_at       BIGINT
);
CREATE INDEX confirmations_subscriber ON confirmations (subscriber_id, created_at);

-- What the editors were reminded of: once for a draft, a moment of it, and how long before
-- that. One that was too late is here, too, so that it is not made.
CREATE TABLE reminders (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id BIGINT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    due_at   BIGINT NOT NULL, -- the draft's moment, as it was then
    ahead    BIGINT NOT NULL, -- microseconds before that
    at       BIGINT NOT NULL,
    passed   INTEGER NOT NULL DEFAULT 0, -- 1 for one that was too late
    told     TEXT   NOT NULL DEFAULT '', -- what its mail says of the issue, as JSON
    UNIQUE (issue_id, due_at, ahead)
);

-- The links of an editor in a reminder, good for one reply until the draft's moment. Of
-- the token only a hash is kept.
CREATE TABLE reminder_links (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    reminder_id BIGINT NOT NULL REFERENCES reminders (id) ON DELETE CASCADE,
    editor_id   BIGINT NOT NULL REFERENCES editors (id) ON DELETE CASCADE,
    token_key   TEXT   NOT NULL UNIQUE,
    used_at     BIGINT,
    reply       TEXT   NOT NULL DEFAULT '' CHECK (reply IN ('', 'send', 'skip', 'wait'))
);
CREATE INDEX reminder_links_reminder ON reminder_links (reminder_id);
CREATE INDEX reminder_links_editor ON reminder_links (editor_id);

-- Single mails that wait to be sent, of every kind. What one is about has a column
-- of its own.
CREATE TABLE letters (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    confirmation_id BIGINT  REFERENCES confirmations (id) ON DELETE CASCADE,
    subscriber_id   BIGINT  REFERENCES subscribers (id) ON DELETE CASCADE,
    editor_id       BIGINT  REFERENCES editors (id) ON DELETE CASCADE, -- whom it is to, unless it is to a reader
    entrance_id     BIGINT  REFERENCES entrances (id) ON DELETE CASCADE,
    reminder_id     BIGINT  REFERENCES reminders (id) ON DELETE CASCADE, -- that it brings
    token           TEXT    NOT NULL DEFAULT '', -- of a link that is kept as a hash elsewhere; gone with the letter
    expires_at      BIGINT, -- after which it is of no use, where nothing else tells
    created_at      BIGINT  NOT NULL,
    state           TEXT    NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'claimed', 'sending')),
    fence           INTEGER NOT NULL DEFAULT 0,
    worker_id       BIGINT,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_try        BIGINT  NOT NULL,
    cause           TEXT    NOT NULL DEFAULT '',
    code            INTEGER NOT NULL DEFAULT 0,
    reply           TEXT    NOT NULL DEFAULT '',
    error           TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX letters_due ON letters (state, next_try, id);
CREATE INDEX letters_confirmation ON letters (confirmation_id);
CREATE INDEX letters_subscriber ON letters (subscriber_id);
CREATE INDEX letters_editor ON letters (editor_id);
CREATE INDEX letters_entrance ON letters (entrance_id);
CREATE INDEX letters_reminder ON letters (reminder_id);

-- Every request for a mail with links, for the limits. A mailbox is kept as its HMAC-SHA256
-- under the publication's salt, in hexadecimal, since rows that were mailed are
-- kept for ever. Rows without a domain count for their mailbox only: they came
-- from an import, or are older than every other limit looks back.
CREATE TABLE signups (
    id      INTEGER  PRIMARY KEY AUTOINCREMENT,
    mailbox TEXT     NOT NULL,
    kind    TEXT     NOT NULL CHECK (kind IN ('confirmation', 'links')), -- of the mail that was asked for
    network TEXT     NOT NULL,
    domain  TEXT     NOT NULL,
    at      BIGINT   NOT NULL,
    queued  SMALLINT NOT NULL CHECK (queued IN (0, 1))
);
CREATE INDEX signups_mailbox ON signups (mailbox, kind, queued, at);
CREATE INDEX signups_network ON signups (network, at);
CREATE INDEX signups_domain ON signups (domain, queued, at);
CREATE INDEX signups_at ON signups (queued, at) WHERE domain <> '';

-- The ledger: one row for one issue and one subscriber.
-- A list of words is looked up in one text: an IN with more than two of them makes a table
-- each time, which for every mail is too much.
CREATE TABLE deliveries (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id      BIGINT  NOT NULL REFERENCES issues (id),
    subscriber_id BIGINT  NOT NULL REFERENCES subscribers (id),
    state         TEXT    NOT NULL CHECK (instr('|queued|claimed|sending|sent|deferred|failed|uncertain|cancelled|', '|' || state || '|') > 0),
    fence         INTEGER NOT NULL DEFAULT 0, -- counts claims; the newest one's holder settles
    worker_id     BIGINT, -- who claimed it last
    attempts      INTEGER NOT NULL DEFAULT 0, -- counts how often it was begun
    unanswered    INTEGER NOT NULL DEFAULT 0, -- counts messages written whole that got no answer
    first_try     BIGINT,
    next_try      BIGINT, -- of rows that no server is hearing of
    updated_at    BIGINT  NOT NULL,
    cause         TEXT    NOT NULL DEFAULT '' CHECK (instr('||accepted|address-refused|mailbox-full|message-refused|sender-refused|try-later|no-connection|no-answer|worker-lost|other-copy|not-sendable|expired|reader-left|issue-withdrawn|by-hand|', '|' || cause || '|') > 0),
    code          INTEGER NOT NULL DEFAULT 0,
    reply         TEXT    NOT NULL DEFAULT '', -- the server's words
    error         TEXT    NOT NULL DEFAULT '', -- what went wrong here, in words
    UNIQUE (issue_id, subscriber_id),
    CHECK ((next_try IS NOT NULL) = (state = 'queued' OR state = 'claimed' OR state = 'deferred'))
);
-- The queue. What is sent leaves it, so that it stays as small as what is left.
CREATE INDEX deliveries_claim ON deliveries (issue_id, state, next_try, id) WHERE next_try IS NOT NULL;
CREATE INDEX deliveries_sending ON deliveries (issue_id, id) WHERE state = 'sending';
CREATE INDEX deliveries_refused ON deliveries (issue_id, state, id) WHERE state = 'failed' OR state = 'uncertain' OR state = 'cancelled';
CREATE INDEX deliveries_subscriber ON deliveries (subscriber_id);

-- What workers are handing over at this moment, a row for each issue and worker:
-- arrays of a delivery's id, fence, attempts and first try. It is written before
-- MAIL FROM, and again when the answers are in.
CREATE TABLE on_wire (
    issue_id  BIGINT NOT NULL REFERENCES issues (id),
    worker_id BIGINT NOT NULL,
    entries   TEXT   NOT NULL,
    PRIMARY KEY (issue_id, worker_id)
);

-- What a limited rate has let through: the messages that were begun in each minute, in
-- microseconds since 1970, for the hour and the day; and from when on the next may be
-- begun, for the second. Nothing is written here while there is no limit.
CREATE TABLE rate_minutes (
    minute BIGINT PRIMARY KEY,
    n      BIGINT NOT NULL
);
CREATE TABLE rate_next (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    at BIGINT NOT NULL
);

-- How many rows of an issue are in each state, kept by every transaction that moves one.
CREATE TABLE delivery_counts (
    issue_id BIGINT  NOT NULL,
    state    TEXT    NOT NULL,
    n        BIGINT  NOT NULL,
    PRIMARY KEY (issue_id, state)
) WITHOUT ROWID;
CREATE TRIGGER deliveries_come AFTER INSERT ON deliveries BEGIN
    INSERT INTO delivery_counts (issue_id, state, n) VALUES (NEW.issue_id, NEW.state, 1)
        ON CONFLICT (issue_id, state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER deliveries_change AFTER UPDATE OF state ON deliveries WHEN OLD.state <> NEW.state BEGIN
    UPDATE delivery_counts SET n = n - 1 WHERE issue_id = OLD.issue_id AND state = OLD.state;
    INSERT INTO delivery_counts (issue_id, state, n) VALUES (NEW.issue_id, NEW.state, 1)
        ON CONFLICT (issue_id, state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER deliveries_go AFTER DELETE ON deliveries BEGIN
    UPDATE delivery_counts SET n = n - 1 WHERE issue_id = OLD.issue_id AND state = OLD.state;
END;

-- What came back of mails, and what servers refused: one row for one event, by its key.
CREATE TABLE bounces (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    key           TEXT     NOT NULL UNIQUE,
    subscriber_id BIGINT   NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    issue_id      BIGINT   REFERENCES issues (id), -- NULL for letters, and where it is not known
    at            BIGINT   NOT NULL,
    kind          TEXT     NOT NULL CHECK (kind IN ('hard', 'soft', 'policy', 'doubtful', 'delayed',
                      'complaint', 'auto-reply', 'challenge', 'unsubscribe', 'other')),
    status        TEXT     NOT NULL, -- RFC 3463; empty for none
    code          INTEGER  NOT NULL, -- of the SMTP reply; 0 for none
    words         TEXT     NOT NULL, -- the server's
    source        TEXT     NOT NULL,
    counted       SMALLINT NOT NULL CHECK (counted IN (0, 1)), -- it gave a point
    became        TEXT     NOT NULL CHECK (became IN ('', 'unsubscribed', 'bounced', 'complained')) -- of the reader, by it
);
CREATE INDEX bounces_subscriber ON bounces (subscriber_id, issue_id);
CREATE INDEX bounces_issue ON bounces (issue_id, kind);

-- What counts against an address since it was confirmed, or since a mail arrived there.
CREATE TABLE bounce_scores (
    subscriber_id BIGINT  PRIMARY KEY REFERENCES subscribers (id) ON DELETE CASCADE,
    hard          INTEGER NOT NULL,
    soft          INTEGER NOT NULL,
    since         BIGINT, -- when the first soft one in a row was mailed
    last_at       BIGINT  NOT NULL -- when the last point was given
);

-- How many mails of an issue had failed when the failed ones were last looked at.
CREATE TABLE bounce_looks (
    issue_id BIGINT  PRIMARY KEY REFERENCES issues (id) ON DELETE CASCADE,
    failed   INTEGER NOT NULL
);

-- Suppressed addresses whose readers were forgotten: an HMAC-SHA256 of each under the
-- publication's salt.
CREATE TABLE suppressions (
    address TEXT PRIMARY KEY,
    state   TEXT   NOT NULL CHECK (state IN ('unsubscribed', 'bounced', 'complained')),
    at      BIGINT NOT NULL
);

-- The processes that work on this database, with their leases, by the database's
-- own clock. On SQLite there is one, and its lease lasts as long as the process.
CREATE TABLE workers (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT   NOT NULL,
    started_at   BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    lease        BIGINT NOT NULL DEFAULT 30000000, -- what each renewal gives, in microseconds
    ended_at     BIGINT
);
CREATE INDEX workers_present ON workers (leased_until) WHERE ended_at IS NULL;

-- What runs beside whoever started it. seen_at is when its process last said that it
-- lives, by the database's clock; stop is set when somebody asks for its end.
CREATE TABLE tasks (
    id         INTEGER  PRIMARY KEY AUTOINCREMENT,
    kind       TEXT     NOT NULL CHECK (kind IN ('pull', 'history', 'import-export', 'import-readers')),
    subject    BIGINT   NOT NULL,
    name       TEXT     NOT NULL,
    by_kind    TEXT     NOT NULL,
    by_name    TEXT     NOT NULL,
    state      TEXT     NOT NULL CHECK (state IN ('running', 'done', 'failed', 'stopped', 'lost')),
    started_at BIGINT   NOT NULL,
    seen_at    BIGINT   NOT NULL,
    ended_at   BIGINT,
    doing      TEXT     NOT NULL,
    done       INTEGER  NOT NULL,
    total      INTEGER  NOT NULL,
    said       TEXT     NOT NULL,
    problem    TEXT     NOT NULL,
    hint       TEXT     NOT NULL,
    stop       SMALLINT NOT NULL CHECK (stop IN (0, 1))
);
CREATE INDEX tasks_subject ON tasks (kind, subject, id);
CREATE UNIQUE INDEX tasks_one ON tasks (kind, subject) WHERE state = 'running';

-- Recurring work. next_at is by the program's clock, NULL while nothing is
-- planned; the fence grows with every claim; of the duties in one room at most
-- one is claimed at a time.
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

-- The search index. It is made from posts and comments, and no backup holds it.

-- Entries to index: comments (kind 0) and posts (1). An entry may stand in it
-- several times.
CREATE TABLE search_todo (
    id    INTEGER  PRIMARY KEY,
    kind  SMALLINT NOT NULL CHECK (kind IN (0, 1)),
    entry BIGINT   NOT NULL
);

-- One row for an entry; the rowid is the minute of its publication and its id, so
-- that the newest come first. The program parts the texts into
-- words, and puts spaces between them.
CREATE VIRTUAL TABLE search_comments USING fts5(author, text, content='', contentless_delete=1, tokenize='ascii');
CREATE VIRTUAL TABLE search_posts USING fts5(author, title, text, content='', contentless_delete=1, tokenize='ascii');
