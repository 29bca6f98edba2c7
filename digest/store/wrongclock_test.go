package store_test

import (
	"strings"
	"testing"
	"time"

	"postbag/digest/beside"
	"postbag/digest/store/database"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/signup"
)

// TestNothingWaitsForAClockThatWasAhead stores what a process stores by a clock that is
// years ahead. Once the clock is right and a worker plans, nothing waits for that time.
func TestNothingWaitsForAClockThatWasAhead(t *testing.T) {
	t.Parallel()
	dsn := storetest.Database(t)
	db := open(t, dsn)
	now := time.Now().UTC().Truncate(time.Microsecond)
	wrong := now.AddDate(70, 0, 0)
	raw, err := database.Open(t.Context(), dsn, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	limits := signup.Limits{PerNetworkHour: 1}
	ask := func(email string, at time.Time) bool {
		t.Helper()
		queued, err := db.Request(t.Context(), signup.Request{Email: email, Key: email, Mailbox: email, Network: "192.0.2.0/24", Token: subscribers.NewToken(), Confirm: subscribers.NewToken(),
			Expires: at.Add(7 * 24 * time.Hour), Limits: limits, Consent: subscribers.Consent{At: at, IP: "192.0.2.7", Page: "https://news.example/", Wording: "Send it"}})
		if err != nil {
			t.Fatal(err)
		}
		return queued
	}
	due := func(at time.Time) []subscribers.Letter {
		t.Helper()
		all, err := db.ClaimLetters(t.Context(), deliver.LetterClaim{Most: 10, Now: at, Retry: at.Add(time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if !ask("ann@reader.example", wrong) {
		t.Fatal("the first sign-up was refused")
	}
	// One that was on its way by the right clock, and was put off by the wrong one.
	if !ask("bo@reader.example", now.Add(-2*time.Hour)) {
		limits = signup.Limits{}
		ask("bo@reader.example", now.Add(-2*time.Hour))
		limits = signup.Limits{PerNetworkHour: 1}
	}
	for _, l := range due(now) {
		if err := db.SettleLetter(t.Context(), deliver.LetterResult{LetterID: l.ID, Fence: l.Fence, State: subscribers.Queued, NextTry: wrong.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	err = raw.Update(t.Context(), "store what a wrong clock stores", func(tx *database.Tx) error {
		for _, statement := range []string{
			`INSERT INTO attempts (kind, account, network, at, good) VALUES ('password', 'a', 'n', $1, 0)`,
			`INSERT INTO editors (email, key, name, role, handle, created_at) VALUES ('ed@desk.example', 'ed@desk.example', 'Ed', 'owner', 'h', $1)`,
			`INSERT INTO sessions (token_key, editor_id, via, agent, network, began_at, seen_at, expires_at) SELECT 'k', id, '', '', '', $1, $1, $1 FROM editors`,
			`INSERT INTO tasks (kind, subject, name, by_kind, by_name, state, started_at, seen_at, doing, done, total, said, problem, hint, stop)
				VALUES ('pull', 7, '', 'worker', '', 'running', $1, $1, '', 0, 0, '', '', '', 0)`,
			`INSERT INTO series (slug, name, title, schedule, zone, next_number, deadline, created_at) VALUES ('s', 'S', '{name} {number}', '0 18 * * 0', 'UTC', 3, 'hold', 0)`,
			`INSERT INTO issues (series_id, number, state, title, intro, opened_at, closed_at, slot, version, frozen) SELECT id, 1, 'sent', '', '', 0, $1, 0, 1, '{}' FROM series`,
			`INSERT INTO issues (series_id, number, state, title, intro, opened_at, window_from, slot, version) SELECT id, 2, 'draft', '', '', $1, $1, 0, 1 FROM series`,
			`INSERT INTO sources (name, url, platform, added_at) VALUES ('A', 'https://a.example/', 'blogger', 0)`,
			`INSERT INTO comments (source_id, guid, url, post_ref, parent_ref, author, author_uri, published, first_seen, changed_at, gone, gone_reason, backfill, hash, words, body)
				SELECT id, 'g', '', '', '', '', '', 0, $1, 0, 0, '', 0, 'h', 0, '' FROM sources`,
		} {
			args := []any{wrong.UnixMicro()}
			if !strings.Contains(statement, "$1") {
				args = nil
			}
			if _, err := tx.Exec(statement, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Plan(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	if n := len(due(now)); n != 2 {
		t.Errorf("%d letters are due, want 2", n)
	}
	if !ask("cy@reader.example", now.Add(2*time.Hour)) {
		t.Error("a sign-up of two hours ago counts against the limit of an hour")
	}
	counted := func(query string, args ...any) (n int64) {
		t.Helper()
		err := raw.View(t.Context(), "count", func(tx *database.Tx) (err error) { n, err = tx.Number(query, args...); return err })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if counted(`SELECT COUNT(*) FROM attempts WHERE at > $1`, now.Add(time.Hour).UnixMicro()) != 0 {
		t.Error("an attempt to sign in counts for years")
	}
	if counted(`SELECT COUNT(*) FROM issues WHERE closed_at > $1 OR window_from > $1 OR opened_at > $1`, now.UnixMicro()) != 0 {
		t.Error("a window is closed, or a draft opened, for years")
	}
	if counted(`SELECT COUNT(*) FROM issues i JOIN comments c ON c.first_seen > i.window_from AND c.first_seen <= $1`, now.UnixMicro()+1) != 1 {
		t.Error("the comment is no candidate of the draft, or is one for years")
	}
	if counted(`SELECT COUNT(*) FROM sessions`) != 0 {
		t.Error("a session lasts for years")
	}
	if _, err := db.StartTask(t.Context(), beside.Task{Kind: beside.Pull, Subject: 7, StartedAt: now}); err != nil {
		t.Errorf("a task cannot begin because of one that was seen by the wrong clock: %v", err)
	}
}
