package store_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
)

// TestSweptSignupsTellNobodysAddress looks through the rows that are kept of
// people who never confirmed.
func TestSweptSignupsTellNobodysAddress(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	rows := func(name string) []string {
		db := open(t, filepath.Join(t.TempDir(), name))
		request := signup.Request{Email: "ines@garcia.example", Key: "ines@garcia.example", Mailbox: "ines@garcia.example",
			Network: "192.0.2.0/24", Token: subscribers.NewToken(), Confirm: subscribers.NewToken(),
			Expires: start.Add(time.Hour), Consent: subscribers.Consent{At: start}}
		if queued, err := db.Request(ctx, request); !queued || err != nil {
			t.Fatal(queued, err)
		}
		person := roster.Entry{Subscriber: subscribers.Subscriber{Email: "otto@garcia.example", Key: "otto@garcia.example",
			State: subscribers.Pending, Token: subscribers.NewToken()}, Consent: subscribers.Consent{At: start},
			Mailbox: "otto@garcia.example", Confirm: subscribers.NewToken(), Expires: start.Add(time.Hour)}
		if _, err := db.Enrol(ctx, digest.Audited{}, []roster.Entry{person}, false); err != nil {
			t.Fatal(err)
		}
		if n, err := db.Sweep(ctx, start.Add(time.Hour), start.Add(time.Hour)); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		all, err := db.Column(ctx, `SELECT mailbox || ' ' || network || ' ' || domain FROM signups ORDER BY id`)
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		return all
	}
	one, other := rows("one.db"), rows("other.db")
	for i, row := range one {
		if strings.Contains(row, "garcia") || strings.Contains(row, "192.0.2") {
			t.Errorf("kept for ever: %q", row)
		}
		if row == other[i] {
			t.Errorf("the same in every installation: %q", row)
		}
	}
}
